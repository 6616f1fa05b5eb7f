package dev.sdlora.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.ImagePrompt;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.image.Base64Images;
import dev.sdlora.request.json.FieldException;
import dev.sdlora.request.json.Fields;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reading the fields of A1111's requests. */
class DrawingReaderTest {
  private static final RequestContext CONTEXT = DrawingWriterTest.CONTEXT;

  /** All fields of A1111 1.10's {@code txt2img}, with the defaults of its schema. */
  private static final String TXT2IMG =
      """
      'prompt': '', 'negative_prompt': '', 'styles': null, 'seed': -1, 'subseed': -1,
      'subseed_strength': 0, 'seed_resize_from_h': -1, 'seed_resize_from_w': -1,
      'sampler_name': null, 'scheduler': null, 'batch_size': 1, 'n_iter': 1, 'steps': 50,
      'cfg_scale': 7.0, 'width': 512, 'height': 512, 'restore_faces': null, 'tiling': null,
      'do_not_save_samples': false, 'do_not_save_grid': false, 'eta': null,
      'denoising_strength': 0.75, 's_min_uncond': null, 's_churn': null, 's_tmax': null,
      's_tmin': null, 's_noise': null, 'override_settings': null,
      'override_settings_restore_afterwards': true, 'refiner_checkpoint': null,
      'refiner_switch_at': null, 'disable_extra_networks': false, 'firstpass_image': null,
      'comments': null, 'enable_hr': false, 'firstphase_width': 0, 'firstphase_height': 0,
      'hr_scale': 2.0, 'hr_upscaler': null, 'hr_second_pass_steps': 0, 'hr_resize_x': 0,
      'hr_resize_y': 0, 'hr_checkpoint_name': null, 'hr_sampler_name': null,
      'hr_scheduler': null, 'hr_prompt': '', 'hr_negative_prompt': '', 'force_task_id': null,
      'sampler_index': 'Euler', 'script_name': null, 'script_args': [], 'send_images': true,
      'save_images': false, 'alwayson_scripts': {}, 'infotext': null
      """;

  /** Further fields of {@code img2img}. */
  private static final String IMG2IMG =
      """
      'init_images': ['IMAGE'], 'resize_mode': 0, 'image_cfg_scale': null, 'mask': 'IMAGE',
      'mask_blur_x': 4, 'mask_blur_y': 4, 'mask_blur': null, 'mask_round': true,
      'inpainting_fill': 0, 'inpaint_full_res': true, 'inpaint_full_res_padding': 0,
      'inpainting_mask_invert': 0, 'initial_noise_multiplier': null, 'latent_mask': null,
      'include_init_images': false
      """
          .replace(
              "IMAGE",
              Base64Images.base64(
                  Base64Images.png(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB))));

  private static Fields fields(String json) {
    return Fields.parse(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  private static PromptSpec read(Fields fields) {
    return new DrawingReader(CONTEXT).read(fields, Dialect.A1111, Overrides.NONE);
  }

  @Test
  void txt2img_allDefaults_isTheEmptyRequestWithoutWarnings() {
    Fields all = fields(("{" + TXT2IMG + "}").replace("'seed': -1", "'seed': 1"));
    assertThat(read(all)).isEqualTo(read(fields("{'seed': 1, 'cfg_scale': 7}")));
    assertThat(all.warnings()).isEmpty();
  }

  @Test
  void infotext_withAnotherStart_keepsTheSettingsOfTheStart() {
    String text =
        "'infotext': 'x\\nSteps: 4, Denoising strength: 0.3, Noise multiplier: 0.9, Mask blur: 7,"
            + " Inpaint area: Only masked, Masked area padding: 16'";
    String image = IMG2IMG.lines().findFirst().orElseThrow().replaceFirst(" 'resize_mode.*", "");
    String mask = image.replace("init_images", "mask").replace("[", "").replace("]", "");
    ImageToImage start =
        read(fields("{" + text + "," + image + mask + "'seed': 1}")).imageToImage().orElseThrow();
    assertThat(start.denoisingStrength()).isEqualTo(0.3);
    assertThat(start.noiseMultiplier()).isEqualTo(0.9);
    Inpainting part = start.inpainting().orElseThrow();
    assertThat(part.maskBlur()).isEqualTo(7);
    assertThat(part.onlyMasked()).isTrue();
    assertThat(part.padding()).isEqualTo(16);
    String given = "{" + text + "," + image + "'denoising_strength': 0.6}";
    assertThat(read(fields(given)).imageToImage().orElseThrow().denoisingStrength()).isEqualTo(0.6);
    String invalid = given.replace("0.3", "7").replace("'denoising_strength': 0.6", "'seed': 1");
    assertThat(read(fields(invalid)).imageToImage().orElseThrow().denoisingStrength())
        .isEqualTo(0.75);
  }

  @Test
  void txt2img_emptyTextsForWhatIsOpen_areNoWarnings() {
    Fields all =
        fields(
            "{"
                + TXT2IMG
                    .replace("null", "''")
                    .replace("'override_settings': ''", "'x': null")
                    .replace("'styles': ''", "'styles': ['']")
                    .replace("'comments': ''", "'comments': {}")
                + "}");
    read(all);
    assertThat(all.warnings()).isEmpty();
  }

  @Test
  void img2img_allDefaults_hasNoWarnings() {
    Fields all = fields("{" + TXT2IMG + "," + IMG2IMG + "}");
    assertThat(read(all).imageToImage().orElseThrow().inpainting()).isPresent();
    assertThat(all.warnings()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "768, 0, 768x384",
    "0, 768, 1536x768",
    "640, 512, 640x512",
    "100, 0, 96x48",
    "0, 0, 1024x512"
  })
  void hrResize_oneSide_keepsTheProportions(int x, int y, String expected) {
    PromptSpec spec =
        read(
            fields(
                "{'enable_hr': true, 'width': 512, 'height': 256, 'hr_resize_x': %s, 'hr_resize_y': %s}"
                    .formatted(x, y)));
    HiresFix hires = spec.hiresFix().orElseThrow();
    assertThat(hires.size().orElse(new ImageSize(1024, 512))).hasToString(expected);
  }

  @Test
  void firstphase_isTheSizeOfTheFirstPass() {
    PromptSpec spec =
        read(fields("{'enable_hr': true, 'firstphase_width': 256, 'firstphase_height': 128}"));
    assertThat(spec.size()).hasValue(new ImageSize(256, 128));
  }

  @Test
  void tokenMergingRatios_act() {
    PromptSpec spec =
        read(
            fields(
                "{'token_merging_ratio': 0.5, 'token_merging_ratio_hr': 0.25, 'enable_hr': true}"));
    assertThat(spec.speedOptions().tokenMergingRatio()).isEqualTo(0.5);
    assertThat(spec.hiresFix().orElseThrow().tokenMergingRatio()).hasValue(0.25);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'promt': 'x'} | unknown field 'promt'; did you mean 'prompt'?",
        "{'frobnicate': 1} | unknown field 'frobnicate'",
        "{'script_args': [1]} | field 'script_args' has no effect without 'script_name'",
        "{'refiner_checkpoint': 'x'} | field 'refiner_checkpoint' has no effect without"
            + " 'refiner_switch_at' below 1",
        "{'refiner_switch_at': 0.8} | field 'refiner_switch_at' has no effect without"
            + " 'refiner_checkpoint'",
        "{'override_settings': {'samples_save': true}} | option 'samples_save' has no effect here",
      })
  void withoutEffect_isAWarning(String body, String warning) {
    Fields fields = fields(body);
    read(fields);
    assertThat(fields.warnings()).containsExactly(warning);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'latent_mask': 'aGVsbG8='} | latent_mask | 'latent_mask' is not supported",
        "{'firstpass_image': 'aGVsbG8='} | firstpass_image | 'firstpass_image' is not supported",
        "{'restore_faces': true} | restore_faces | 'restore_faces' is not supported",
        "{'s_churn': -1} | s_churn | field 's_churn' must be finite and not negative",
        "{'shift': 0} | shift | field 'shift' must be above 0 and at most 100",
        "{'steps': 0} | steps | field 'steps' must be",
        "{'height': 65} | height | multiple of 8",
        "{'sampler_name': 'Oiler'} | sampler_name | sampler 'Oiler'",
        "{'refiner_checkpoint': 'x', 'refiner_switch_at': 0.8} | refiner_checkpoint | but"
            + " only 'refiner' is loaded",
        "{'enable_hr': true, 'hr_scale': 99} | hr_scale | field 'hr_scale' must be from 1 to 8",
        "{'enable_hr': true, 'denoising_strength': 2} | denoising_strength | must be from 0 to 1",
        "{'override_settings': {'s_noise': -1}} | s_noise | option 's_noise' must be",
        "{'script_name': 'x'} | script_name | Script 'x' not found",
      })
  void badField_isRefusedByName(String body, String field, String sentence) {
    assertThatThrownBy(() -> read(fields(body)))
        .isInstanceOfSatisfying(
            FieldException.class, error -> assertThat(error.field()).isEqualTo(field))
        .hasMessageContaining(sentence);
  }

  @Test
  void controlUnit_whatHasNoEffect_isAWarning() {
    Fields fields =
        fields(
            "{'alwayson_scripts': {'controlnet': {'args': [{'model': 'none here', 'image': 'x',"
                + " 'pixel_perfect': true, 'hr_option': 'Both', 'lowvram': false, 'mask': null,"
                + " 'effective_region_mask': 'x', 'wieght': 0.5}]}}}");
    assertThatThrownBy(() -> read(fields)).hasMessageContaining("no ControlNet 'none here'");
    assertThat(fields.warnings())
        .containsExactlyInAnyOrder(
            "field 'effective_region_mask' of a ControlNet unit is not supported",
            "unknown field of a ControlNet unit 'wieght'; did you mean 'weight'?");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                                        | none",
        "{'module': 'None', 'threshold_a': 64, 'processor_res': 3} | none",
        "{'module': 'canny'}                                       | canny=100/200@512",
        "{'module': 'canny', 'pixel_perfect': true}                | canny=100/200",
        "{'module': 'canny', 'processor_res': 768, 'threshold_a': 20, 'threshold_b': -1} |"
            + " canny=20/200@768",
        "{'module': 'invert (from white bg & black line)', 'threshold_b': 9} | invert@512",
      })
  void controlModule_ofA1111_isRead(String unit, String preprocessor) {
    assertThat(ControlModules.read(fields(unit), "")).hasToString(preprocessor);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'module': 'cany'}                      | module        | did you mean 'canny'?",
        "{'module': 'depth_midas'}               | module        | is not supported",
        "{'module': 'canny', 'threshold_b': 300} | threshold_b   | from 0 to 256",
        "{'module': 'canny', 'processor_res': 9} | processor_res | from 64 to 2048",
      })
  void controlModule_wrong_namesTheField(String unit, String field, String sentence) {
    assertThatThrownBy(() -> ControlModules.read(fields(unit), ""))
        .isInstanceOfSatisfying(
            FieldException.class, error -> assertThat(error.field()).isEqualTo(field))
        .hasMessageContaining(sentence);
  }

  @ParameterizedTest
  @CsvSource({
    "Depth, depth",
    "Soft Edge, softedge",
    "scribble, softedge",
    "Hard Edge, canny",
    "Normal Map, normal",
    "inpaint, inpaint",
    "Unknown, ",
    "'', "
  })
  void unionControlType_ofA1111_isRead(String given, String type, @TempDir Path folder)
      throws IOException {
    ControlUnit unit = unit(folder, given);
    assertThat(unit.unionType()).isEqualTo(Optional.ofNullable(type));
  }

  @Test
  void unionControlType_wrong_namesTheField(@TempDir Path folder) {
    assertThatThrownBy(() -> unit(folder, "Dept"))
        .isInstanceOfSatisfying(
            FieldException.class,
            error -> assertThat(error.field()).isEqualTo("union_control_type"))
        .hasMessageContaining("did you mean 'depth'?");
  }

  private static DrawingReader withNetworks(Path folder) {
    return new DrawingReader(
        new RequestContext(
            CONTEXT.pipeline(),
            CONTEXT.upscalerFolders(),
            List.of(folder),
            CONTEXT.styles(),
            CONTEXT.images(),
            CONTEXT.limits(),
            false,
            false));
  }

  private static ControlUnit unit(Path folder, String type) throws IOException {
    Files.createFile(folder.resolve("union.safetensors"));
    Fields fields =
        fields(
            ("{'alwayson_scripts': {'controlnet': {'args': [{'model': 'union', 'image': '%s',"
                    + " 'union_control_type': '%s'}]}}}")
                .formatted(
                    Base64Images.base64(
                        Base64Images.png(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB))),
                    type));
    ControlUnit unit =
        withNetworks(folder).read(fields, Dialect.A1111, Overrides.NONE).controlUnits().get(0);
    assertThat(fields.warnings()).isEmpty();
    return unit;
  }

  @Test
  void controlUnit_moduleOfIpAdapters_isAnImagePrompt(@TempDir Path folder) throws IOException {
    Path adapter = Files.createFile(folder.resolve("ip-adapter_sd15.safetensors"));
    String image =
        Base64Images.base64(Base64Images.png(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB)));
    Fields fields =
        fields(
            ("{'alwayson_scripts': {'controlnet': {'args': [{'model': 'ip-adapter_sd15 [6a3f]',"
                    + " 'module': 'ip-adapter_clip_sd15', 'image': 'IMAGE', 'weight': 0.6,"
                    + " 'guidance_end': 0.8, 'control_mode': 'Balanced', 'resize_mode': 1,"
                    + " 'weight_type': 'style transfer precise', 'embeds_scaling': 'K+mean(V) w/"
                    + " C penalty', 'effective_region_mask': 'IMAGE'}]}}}")
                .replace("IMAGE", image));
    PromptSpec spec = withNetworks(folder).read(fields, Dialect.A1111, Overrides.NONE);
    assertThat(fields.warnings()).isEmpty();
    assertThat(spec.controlUnits()).isEmpty();
    ImagePrompt prompt = spec.imagePrompts().get(0);
    assertThat(prompt.adapter()).isEqualTo(adapter);
    assertThat(prompt.weight()).isEqualTo(0.6);
    assertThat(prompt.end()).isEqualTo(0.8);
    assertThat(prompt.mask()).isPresent();
    assertThat(prompt.weightType()).isEqualTo(ImagePrompt.WeightType.STYLE_TRANSFER_PRECISE);
    assertThat(prompt.embedsScaling())
        .isEqualTo(ImagePrompt.EmbedsScaling.K_AND_MEAN_V_WITH_PENALTY);
  }

  @Test
  void scripts_ignored_areWarnings() {
    RequestContext context =
        new RequestContext(
            CONTEXT.pipeline(),
            CONTEXT.upscalerFolders(),
            CONTEXT.controlNetFolders(),
            CONTEXT.styles(),
            CONTEXT.images(),
            CONTEXT.limits(),
            false,
            true);
    Fields fields =
        fields("{'script_name': 'x/y', 'alwayson_scripts': {'CADS': {'args': [true]}}}");
    new DrawingReader(context).read(fields, Dialect.A1111, Overrides.NONE);
    assertThat(fields.warnings())
        .containsExactly(
            "script 'x/y' is not supported and was ignored",
            "script 'CADS' is not supported and was ignored");
  }
}
