package dev.sdlora.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.DetailPass;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.image.Base64Images;
import dev.sdlora.request.json.FieldException;
import dev.sdlora.request.json.Fields;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Detail passes in the arguments of ADetailer. */
class DetailerScriptTest {
  /** All fields of ADetailer's arguments with the defaults of its schema, except the model. */
  private static final String DEFAULTS =
      """
      'ad_model': 'face_yolov8n.pt', 'ad_model_classes': '', 'ad_tab_enable': true,
      'ad_prompt': '', 'ad_negative_prompt': '', 'ad_confidence': 0.3,
      'ad_mask_filter_method': 'Area', 'ad_mask_k': 0, 'ad_mask_min_ratio': 0.0,
      'ad_mask_max_ratio': 1.0, 'ad_dilate_erode': 4, 'ad_x_offset': 0, 'ad_y_offset': 0,
      'ad_mask_merge_invert': 'None', 'ad_mask_blur': 4, 'ad_denoising_strength': 0.4,
      'ad_inpaint_only_masked': true, 'ad_inpaint_only_masked_padding': 32,
      'ad_use_inpaint_width_height': false, 'ad_inpaint_width': 512, 'ad_inpaint_height': 512,
      'ad_use_steps': false, 'ad_steps': 28, 'ad_use_cfg_scale': false, 'ad_cfg_scale': 7.0,
      'ad_use_checkpoint': false, 'ad_checkpoint': null, 'ad_use_vae': false, 'ad_vae': null,
      'ad_use_sampler': false, 'ad_sampler': 'DPM++ 2M Karras',
      'ad_scheduler': 'Use same scheduler', 'ad_use_noise_multiplier': false,
      'ad_noise_multiplier': 1.0, 'ad_use_clip_skip': false, 'ad_clip_skip': 1,
      'ad_restore_face': false, 'ad_controlnet_model': 'None', 'ad_controlnet_module': 'None',
      'ad_controlnet_weight': 1.0, 'ad_controlnet_guidance_start': 0.0,
      'ad_controlnet_guidance_end': 1.0, 'is_api': true
      """;

  private static final String FACE = "{'ad_model': 'face_yolov8n.pt'}";

  private static Fields fields(String json) {
    return Fields.parse(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  private static Fields with(String arguments) {
    return fields("{'alwayson_scripts': {'ADetailer': {'args': [" + arguments + "]}}}");
  }

  private static PromptSpec read(Fields fields) {
    return new DrawingReader(DrawingWriterTest.CONTEXT).read(fields, Dialect.A1111, Overrides.NONE);
  }

  private static List<DetailPass> passes(String arguments) {
    Fields fields = with(arguments);
    List<DetailPass> passes = read(fields).detailPasses();
    assertThat(fields.warnings()).isEmpty();
    return passes;
  }

  private static DetailPass pass(String settings) {
    return passes("{'ad_model': 'face', " + settings + "}").get(0);
  }

  private static DetailPass.Builder face() {
    return DetailPass.builder("face");
  }

  @Test
  void defaults_areThoseOfTheLibrary() {
    DetailPass usual = DetailPass.builder("face_yolov8n.pt").build();
    assertThat(passes("{" + DEFAULTS + "}")).containsExactly(usual);
    assertThat(passes(FACE)).containsExactly(usual);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ADetailer", "adetailer", "ADETAILER"})
  void name_ofTheScript_isReadInAnyCase(String name) {
    String json = "{'alwayson_scripts': {'%s': {'args': [%s]}}}".formatted(name, FACE);
    assertThat(read(fields(json)).detailPasses()).hasSize(1);
  }

  @Test
  void switches_beforeThePasses_areOptional() {
    String hand = "{'ad_model': 'hand'}";
    assertThat(passes("true, false, " + FACE + ", " + hand))
        .extracting(DetailPass::detector)
        .containsExactly("face_yolov8n.pt", "hand");
    assertThat(passes("true, " + FACE)).hasSize(1);
    assertThat(passes("false, " + FACE)).isEmpty();
    assertThat(passes("false, false, " + FACE)).isEmpty();
    assertThat(passes("true")).isEmpty();
    assertThat(passes("")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{'ad_model': 'None', 'ad_restore_face': true}",
        "{'ad_model': 'face', 'ad_tab_enable': false}"
      })
  void passes_switchedOff_areLeftOut(String pass) {
    assertThat(passes("true, false, " + pass + ", " + FACE)).hasSize(1);
  }

  @Test
  void finds_areChosen() {
    assertThat(
            pass(
                "'ad_model_classes': ' face, eye,', 'ad_confidence': '0.55',"
                    + " 'ad_mask_filter_method': 'Confidence', 'ad_mask_k': 3, 'ad_mask_min_ratio':"
                    + " 0.01, 'ad_mask_max_ratio': 0.5"))
        .isEqualTo(
            face()
                .labels(List.of("face", "eye"))
                .confidence(0.55)
                .mostConfident(true)
                .most(3)
                .share(0.01, 0.5)
                .build());
  }

  @Test
  void masks_areChanged() {
    assertThat(
            pass(
                "'ad_dilate_erode': -4, 'ad_x_offset': 5, 'ad_y_offset': -6, 'ad_mask_blur': 8,"
                    + " 'ad_mask_merge_invert': 'Merge'"))
        .isEqualTo(face().growth(-4).offset(5, -6).maskBlur(8).merged(true).build());
    assertThat(pass("'ad_mask_merge_invert': 'Merge and Invert'"))
        .isEqualTo(face().inverted(true).build());
  }

  @Test
  void inpainting_isSet() {
    assertThat(
            pass(
                "'ad_prompt': 'a [SEP] b', 'ad_negative_prompt': 'c', 'ad_denoising_strength': 0.5,"
                    + " 'ad_inpaint_only_masked': false, 'ad_inpaint_only_masked_padding': 16"))
        .isEqualTo(
            face()
                .prompt("a [SEP] b")
                .negativePrompt("c")
                .denoisingStrength(0.5)
                .wholeImage(true)
                .padding(16)
                .build());
  }

  @Test
  void settings_ofTheirOwn_areUsedOnlyIfSwitchedOn() {
    String own =
        "'ad_inpaint_width': 640, 'ad_inpaint_height': 768, 'ad_steps': 12, 'ad_cfg_scale': 3,"
            + " 'ad_sampler': 'Euler a', 'ad_scheduler': 'Beta', 'ad_noise_multiplier': 0.8,"
            + " 'ad_clip_skip': 2";
    assertThat(pass(own)).isEqualTo(face().build());
    assertThat(pass(own + on()))
        .isEqualTo(
            face()
                .size(new ImageSize(640, 768))
                .steps(12)
                .cfgScale(3)
                .sampler(Sampler.EULER_A)
                .schedule(Schedule.BETA)
                .noiseMultiplier(0.8)
                .clipSkip(2)
                .build());
  }

  private static String on() {
    return ", 'ad_use_inpaint_width_height': true, 'ad_use_steps': true, 'ad_use_cfg_scale': true,"
        + " 'ad_use_sampler': true, 'ad_use_noise_multiplier': true, 'ad_use_clip_skip': true";
  }

  @Test
  void settings_switchedOnWithoutAValue_haveTheDefaultsOfTheExtension() {
    assertThat(pass(on().substring(2)))
        .isEqualTo(
            face()
                .size(new ImageSize(512, 512))
                .steps(28)
                .cfgScale(7)
                .sampler(Sampler.DPMPP_2M)
                .schedule(Schedule.KARRAS)
                .noiseMultiplier(1)
                .clipSkip(1)
                .build());
  }

  @Test
  void sampler_andSchedule_canBeThoseOfTheRequest() {
    String on = "'ad_use_sampler': true, ";
    assertThat(pass(on + "'ad_sampler': 'Use same sampler'")).isEqualTo(face().build());
    assertThat(pass(on + "'ad_sampler': 'Use same sampler', 'ad_scheduler': 'Karras'"))
        .isEqualTo(face().schedule(Schedule.KARRAS).build());
    assertThat(pass(on + "'ad_sampler': 'Euler'")).isEqualTo(face().sampler(Sampler.EULER).build());
    assertThat(pass(on + "'ad_sampler': 'DPM++ 2M Karras', 'ad_scheduler': 'Exponential'"))
        .isEqualTo(face().sampler(Sampler.DPMPP_2M).schedule(Schedule.KARRAS).build());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          'ad_restore_face': true                | 'ad_restore_face' is not supported
          'ad_use_checkpoint': true, 'ad_checkpoint': 'other.safetensors [1234]' | field 'ad_checkpoint' names the model 'other.safetensors [1234]', but only
          'ad_use_vae': true, 'ad_vae': 'other.pt' | field 'ad_vae' names 'other.pt', but only the model's own VAE is loaded
          'ad_confidence': 1.5                   | field 'ad_confidence' must be from 0 to 1: 1.5
          'ad_mask_filter_method': 'Size'        | field 'ad_mask_filter_method' must be one of Area, Confidence: 'Size'
          'ad_mask_merge_invert': 'Invert'       | field 'ad_mask_merge_invert' must be one of None, Merge, Merge and Invert: 'Invert'
          'ad_mask_max_ratio': 7                 | field 'ad_mask_max_ratio' must be from 0 to 1: 7
          'ad_use_sampler': true, 'ad_sampler': 'Oiler' | Oiler
          'ad_steps': 0, 'ad_use_steps': true    | field 'ad_steps' must be from 1 to 1000: 0
          'ad_inpaint_width': 100, 'ad_use_inpaint_width_height': true | field 'ad_inpaint_width' must be a positive multiple of 8: 100
          """)
  void settings_thatCannotBeUsed_areRefused(String settings, String sentence) {
    assertThatThrownBy(() -> pass(settings))
        .isInstanceOf(FieldException.class)
        .hasMessageContaining(sentence);
  }

  @Test
  void models_ofMediaPipe_areRefused() {
    assertThatThrownBy(() -> passes("{'ad_model': 'mediapipe_face_full'}"))
        .isInstanceOf(FieldException.class)
        .hasMessage(
            "field 'ad_model' names 'mediapipe_face_full', but MediaPipe is not supported;"
                + " expected a detector such as face_yolov8n.pt");
  }

  @Test
  void settings_thatNameWhatIsLoaded_areAccepted() {
    String own = DrawingWriterTest.CONTEXT.pipeline().checkpoint().name();
    String usual =
        "'ad_use_checkpoint': true, 'ad_checkpoint': 'Use same checkpoint', 'ad_use_vae': true,"
            + " 'ad_vae': 'Use same VAE'";
    assertThat(pass(usual)).isEqualTo(face().build());
    assertThat(pass(usual.replace("Use same checkpoint", own))).isEqualTo(face().build());
  }

  @Test
  void settings_unknownOrUnsupported_areWarnedAbout() {
    Fields fields =
        with(
            "{'ad_model': 'face', 'ad_confidense': 0.2, 'ad_controlnet_model': 'control_openpose',"
                + " 'ad_controlnet_weight': 0.5}");
    assertThat(read(fields).detailPasses()).containsExactly(face().build());
    assertThat(fields.warnings())
        .containsExactlyInAnyOrder(
            "unknown field of ADetailer 'ad_confidense'; did you mean 'ad_confidence'?",
            "field 'ad_controlnet_model' of ADetailer is not supported");
  }

  @Test
  void skippingTheImageToImage_isRefusedOnlyIfThereIsAny() {
    assertThat(passes("true, true, " + FACE)).hasSize(1);
    ObjectNode node = with("true, true, " + FACE).node();
    BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
    node.putArray("init_images").add(Base64Images.base64(Base64Images.png(image)));
    assertThatThrownBy(() -> read(Fields.of(node)))
        .isInstanceOf(FieldException.class)
        .hasMessageContaining("skipping img2img");
  }

  @Test
  void options_ofTheExtension_setOrderAndSeeds() {
    Fields fields = with(FACE);
    fields
        .node()
        .putObject("override_settings")
        .put("ad_bbox_sortby", "Position (left to right)")
        .put("ad_save_previews", true)
        .put("ad_same_seed_for_each_tab", true);
    DetailPass pass = read(fields).detailPasses().get(0);
    assertThat(pass.order()).isEqualTo(DetailPass.Order.LEFT_TO_RIGHT);
    assertThat(pass.sameSeed()).isTrue();
    assertThat(fields.warnings()).containsExactly("option 'ad_save_previews' has no effect here");
    fields.node().putObject("override_settings").put("ad_bbox_sortby", "Size");
    assertThatThrownBy(() -> read(fields)).hasMessageContaining("order 'Size' is unknown");
  }

  @Test
  void passes_tooMany_areRefused() {
    assertThatThrownBy(() -> passes(FACE + ("," + FACE).repeat(999)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("field 'alwayson_scripts' has 1000 detail passes; the limit is 10");
    assertThatThrownBy(() -> read(fields("{'alwayson_scripts': {'ADetailer': {'args': 'face'}}}")))
        .hasMessage("field 'args' must be a list: \"face\"");
  }

  @Test
  void bothFields_addTheirPasses() {
    Fields fields = with(FACE);
    fields.node().putArray("detailPasses").addObject().put("detector", "hand");
    assertThat(read(fields).detailPasses())
        .extracting(DetailPass::detector)
        .containsExactly("hand", "face_yolov8n.pt");
    for (int i = 0; i < 9; i++) {
      fields.node().withArray("detailPasses").addObject().put("detector", "eye");
    }
    assertThatThrownBy(() -> read(fields))
        .hasMessage("field 'alwayson_scripts' has 11 detail passes; the limit is 10");
  }

  @Test
  void storedRequest_hasThePassesOnce() {
    Fields fields = with(FACE);
    fields.node().put("seed", 1);
    PromptSpec spec = read(fields);
    ObjectNode stored = StoredRequest.translated(fields, spec, DrawingWriterTest.CONTEXT);
    assertThat(stored.has("alwayson_scripts")).isFalse();
    Fields again = Fields.of(stored);
    assertThat(read(again).detailPasses()).isEqualTo(spec.detailPasses());
    assertThat(again.warnings()).isEmpty();
    assertThat(read(Fields.of(StoredRequest.of(fields, spec))).detailPasses())
        .isEqualTo(spec.detailPasses());
  }

  @Test
  void storedRequest_keepsLongPrompts() {
    String prompt = "very ".repeat(5000) + "long";
    Fields fields = with("{'ad_model': 'face', 'ad_prompt': '%s'}".formatted(prompt));
    PromptSpec spec = read(fields);
    assertThat(spec.detailPasses().get(0).prompt()).isEqualTo(prompt);
    assertThat(read(Fields.of(StoredRequest.of(fields, spec))).detailPasses())
        .isEqualTo(spec.detailPasses());
  }

  @Test
  void ignoredScripts_withoutDetectors_areAWarning() {
    RequestContext context = DrawingWriterTest.CONTEXT;
    RequestContext ignoring =
        new RequestContext(
            context.pipeline(),
            List.of(),
            List.of(),
            List.of(),
            context.images(),
            context.limits(),
            false,
            true);
    Fields fields = with(FACE);
    assertThat(
            new DrawingReader(ignoring).read(fields, Dialect.A1111, Overrides.NONE).detailPasses())
        .isEmpty();
    assertThat(fields.warnings())
        .containsExactly("script 'ADetailer' was ignored, because there are no detectors");
  }
}
