package dev.sdlora.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Emphasis;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.FinalDecoder;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.api.sampling.GuidanceRange;
import dev.sdlora.api.sampling.Rng;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.SamplerOptions.UniPcVariant;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.image.Base64Images;
import dev.sdlora.request.json.Fields;
import dev.sdlora.request.setting.Options;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Options in {@code override_settings}. */
class OverridesTest {
  private static final RequestContext CONTEXT = DrawingWriterTest.CONTEXT;

  private static Fields fields(String json) {
    return Fields.parse(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  private static PromptSpec read(Fields fields) {
    return new DrawingReader(CONTEXT).read(fields, Dialect.A1111, Overrides.NONE);
  }

  private static PromptSpec with(String options, String rest) {
    Fields fields = fields("{'override_settings': {%s}, 'seed': 1 %s}".formatted(options, rest));
    PromptSpec read = read(fields);
    assertThat(fields.warnings()).isEmpty();
    return read;
  }

  private static Arguments acts(
      String option, Object expected, Function<PromptSpec, Object> property) {
    return Arguments.of(option, expected, property);
  }

  static Stream<Arguments> ofRequests() {
    return Stream.of(
        acts("'CLIP_stop_at_last_layers': 2", 2, PromptSpec::clipSkip),
        acts("'randn_source': 'CPU'", Rng.CPU, PromptSpec::rng),
        acts("'tiling': true", Tiling.BOTH, PromptSpec::tiling),
        acts("'sd_vae_decode_method': 'TAESD'", FinalDecoder.TAESD, PromptSpec::finalDecoder),
        acts("'emphasis': 'No norm'", Emphasis.NO_NORM, s -> s.promptOptions().emphasis()),
        acts("'enable_emphasis': false", Emphasis.NONE, s -> s.promptOptions().emphasis()),
        acts("'comma_padding_backtrack': 7", 7, s -> s.promptOptions().commaBacktracking()),
        acts("'pad_cond_uncond': true", true, s -> s.promptOptions().padConds()),
        acts("'use_old_scheduling': true", true, s -> s.promptOptions().oldEditingTimelines()),
        acts("'sdxl_clip_l_skip': true", true, s -> s.promptOptions().clipSkipOnSdxl()),
        acts("'sdxl_crop_top': 8", 8, s -> s.sizeConditioning().cropTop()),
        acts("'sdxl_crop_left': 9", 9, s -> s.sizeConditioning().cropLeft()),
        acts(
            "'sdxl_refiner_high_aesthetic_score': 7",
            7.0,
            s -> s.sizeConditioning().aestheticScore()),
        acts(
            "'sdxl_refiner_low_aesthetic_score': 1",
            1.0,
            s -> s.sizeConditioning().negativeAestheticScore()),
        acts("'token_merging_ratio': 0.5", 0.5, s -> s.speedOptions().tokenMergingRatio()),
        acts(
            "'skip_early_cond': 0.2",
            GuidanceRange.ofSteps(0.2, 1),
            s -> s.speedOptions().guidanceRange()),
        acts(
            "'s_min_uncond': 2, 's_min_uncond_all': true",
            GuidanceRange.ofSigmas(2, Double.POSITIVE_INFINITY),
            s -> s.speedOptions().guidanceRange()));
  }

  static Stream<Arguments> ofSampling() {
    return Stream.of(
        acts("'eta_ancestral': 0.5", 0.5, s -> s.samplerOptions().eta().getAsDouble()),
        acts("'eta_ancestral': 1", false, s -> s.samplerOptions().eta().isPresent()),
        acts("'eta_ddim': 0.5", 0.5, s -> s.samplerOptions().etaDdim().getAsDouble()),
        acts("'eta_noise_seed_delta': 31337", 31337L, s -> s.samplerOptions().ensd()),
        acts("'s_churn': 3", 3.0, s -> s.samplerOptions().sChurn()),
        acts("'s_tmin': 3", 3.0, s -> s.samplerOptions().sTmin()),
        acts("'s_tmax': 3", 3.0, s -> s.samplerOptions().sTmax().getAsDouble()),
        acts("'s_tmax': 0", false, s -> s.samplerOptions().sTmax().isPresent()),
        acts("'s_noise': 1.01", 1.01, s -> s.samplerOptions().sNoise()),
        acts("'s_min_uncond': 2", 2.0, s -> s.samplerOptions().skipUncondBelowSigma()),
        acts("'sigma_min': 0.1", 0.1, s -> s.samplerOptions().sigmaMin().getAsDouble()),
        acts("'sigma_max': 9", 9.0, s -> s.samplerOptions().sigmaMax().getAsDouble()),
        acts("'rho': 5", 5.0, s -> s.samplerOptions().rho().getAsDouble()),
        acts("'beta_dist_alpha': 0.5", 0.5, s -> s.samplerOptions().betaAlpha()),
        acts("'beta_dist_beta': 0.5", 0.5, s -> s.samplerOptions().betaBeta()),
        acts(
            "'always_discard_next_to_last_sigma': true",
            true,
            s -> s.samplerOptions().discardNextToLastSigma()),
        acts("'sgm_noise_multiplier': true", true, s -> s.samplerOptions().sgmNoiseMultiplier()),
        acts("'uni_pc_variant': 'bh2'", UniPcVariant.BH2, s -> s.samplerOptions().uniPcVariant()),
        acts("'uni_pc_order': 2", 2, s -> s.samplerOptions().order().getAsInt()),
        acts(
            "'sd_noise_schedule': 'Zero Terminal SNR'",
            true,
            s -> s.samplerOptions().zeroTerminalSnr()),
        acts("'img2img_extra_noise': 0.1", 0.1, s -> s.samplerOptions().extraNoise()));
  }

  @ParameterizedTest
  @MethodSource({"ofRequests", "ofSampling"})
  void option_acts(String option, Object expected, Function<PromptSpec, Object> property) {
    assertThat(property.apply(with(option, ", 'sampler_name': 'UniPC'"))).isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource({"ofRequests", "ofSampling"})
  void option_isWrittenAgain(String option) {
    PromptSpec spec = with(option, ", 'sampler_name': 'UniPC'");
    Fields written = Fields.of(new DrawingWriter(CONTEXT).fields(spec));
    PromptSpec again = new DrawingReader(CONTEXT).read(written, Dialect.LIBRARY, Overrides.NONE);
    assertThat(withoutEtas(again)).isEqualTo(withoutEtas(spec));
  }

  /** The field {@code eta} sets both, of which a sampler has one. */
  private static PromptSpec withoutEtas(PromptSpec spec) {
    SamplerOptions same = spec.samplerOptions().toBuilder().eta(0).etaDdim(0).build();
    return spec.toBuilder().samplerOptions(same).build();
  }

  @Test
  void uniPcOrder_withAnotherSampler_isNotThatSamplersOrder() {
    assertThat(with("'uni_pc_order': 2", ", 'sampler_name': 'LMS'").samplerOptions().order())
        .isEmpty();
  }

  private static PromptSpec fromImage(String options, String rest) {
    String image =
        Base64Images.base64(Base64Images.png(new BufferedImage(8, 8, BufferedImage.TYPE_INT_ARGB)));
    return with(options, ", 'init_images': ['%s'] %s".formatted(image, rest));
  }

  static Stream<Arguments> ofImages() {
    return Stream.of(
        acts("'img2img_fix_steps': true", true, s -> start(s).fixSteps()),
        acts("'img2img_color_correction': true", true, s -> start(s).colorCorrection()),
        acts("'initial_noise_multiplier': 0.9", 0.9, s -> start(s).noiseMultiplier()),
        acts("'img2img_background_color': '#102030'", (byte) 0x10, s -> firstByte(s)),
        acts("'img2img_background_color': '#ffffff'", (byte) 0xff, s -> firstByte(s)),
        acts("'token_merging_ratio_img2img': 0.4", 0.4, s -> s.speedOptions().tokenMergingRatio()),
        acts(
            "'token_merging_ratio_img2img': 0, 'token_merging_ratio': 0.3",
            0.3,
            s -> s.speedOptions().tokenMergingRatio()));
  }

  private static ImageToImage start(PromptSpec spec) {
    return spec.imageToImage().orElseThrow();
  }

  private static byte firstByte(PromptSpec spec) {
    return start(spec).image().rgb()[0];
  }

  @ParameterizedTest
  @MethodSource("ofImages")
  void optionOfImages_acts(String option, Object expected, Function<PromptSpec, Object> property) {
    assertThat(property.apply(fromImage(option, ""))).isEqualTo(expected);
  }

  @Test
  void inpaintingMaskWeight_actsOnMasks() {
    String mask =
        Base64Images.base64(Base64Images.png(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB)));
    PromptSpec spec = fromImage("'inpainting_mask_weight': 0.5", ", 'mask': '%s'".formatted(mask));
    assertThat(start(spec).inpainting().orElseThrow().conditionalMaskWeight()).isEqualTo(0.5);
  }

  @Test
  void tokenMergingRatioHr_actsInHiresFix() {
    PromptSpec spec = with("'token_merging_ratio_hr': 0.5", ", 'enable_hr': true");
    assertThat(spec.hiresFix().orElseThrow().tokenMergingRatio()).hasValue(0.5);
  }

  @Test
  void refinerSwitchBySampleSteps_changesTheFieldsMeaning() {
    PromptSpec spec =
        with(
            "'refiner_switch_by_sample_steps': true",
            ", 'refiner_checkpoint': 'refiner', 'refiner_switch_at': 0.7");
    assertThat(spec.refinerBySteps()).isTrue();
  }

  @Test
  void fields_takePrecedenceOverOptions() {
    PromptSpec spec =
        fromImage(
            "'s_noise': 1.01, 'initial_noise_multiplier': 0.9, 'tiling': true",
            ", 's_noise': 1.02, 'initial_noise_multiplier': 0.8, 'tiling': false");
    assertThat(spec.samplerOptions().sNoise()).isEqualTo(1.02);
    assertThat(start(spec).noiseMultiplier()).isEqualTo(0.8);
    assertThat(spec.tiling()).isEqualTo(Tiling.NONE);
  }

  @Test
  void optionsOfARequest_takePrecedenceOverThoseOfTheServer() {
    Overrides server = Overrides.read(fields("{'s_noise': 1.01, 's_churn': 2}"), CONTEXT);
    PromptSpec spec =
        new DrawingReader(CONTEXT)
            .read(fields("{'override_settings': {'s_noise': 1.0}}"), Dialect.A1111, server);
    assertThat(spec.samplerOptions().sNoise()).isEqualTo(1);
    assertThat(spec.samplerOptions().sChurn()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'s_noise': 'much'} | option 's_noise' must be a number",
        "{'s_noise': -1} | option 's_noise' must be finite and not negative: -1.0",
        "{'CLIP_stop_at_last_layers': 13} | option 'CLIP_stop_at_last_layers' must be from 1 to 12",
        "{'randn_source': 'TPU'} | option 'randn_source' must be GPU, NV or CPU: 'TPU'",
        "{'uni_pc_variant': 'vary_coeff'} | option 'uni_pc_variant' must be 'bh1' or 'bh2'",
        "{'uni_pc_order': 9} | option 'uni_pc_order' must be from 1 to 4: 9",
        "{'token_merging_ratio_hr': 2} | option 'token_merging_ratio_hr' must be from 0 to 0.9: 2",
        "{'img2img_background_color': 'blue'} | option 'img2img_background_color' must be of the",
        "{'inpainting_mask_weight': 3} | option 'inpainting_mask_weight' must be from 0 to 1: 3",
        "{'sd_vae': 'other.pt'} | 'other.pt'",
      })
  void badValue_isRefusedByName(String options, String sentence) {
    assertThatThrownBy(() -> Overrides.read(fields(options), CONTEXT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(sentence);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'eta_noise_sed_delta': 1} | unknown option 'eta_noise_sed_delta'; did you mean"
            + " 'eta_noise_seed_delta'?",
        "{'my_own_extension': 1} | unknown option 'my_own_extension'",
        "{'samples_save': false} | option 'samples_save' has no effect here",
        "{'use_old_karras_scheduler_sigmas': true} | option 'use_old_karras_scheduler_sigmas' is"
            + " not supported: true",
      })
  void withoutEffect_isAWarning(String options, String warning) {
    Fields fields = fields(options);
    Overrides.read(fields, CONTEXT);
    assertThat(fields.warnings()).containsExactly(warning);
  }

  @Test
  void allOptionsAtTheirDefaults_areNoWarningsAndTheSameRequest() {
    Fields fields = Fields.of(Fields.object());
    fields.node().put("seed", 1).set("override_settings", Overrides.NONE.toJson());
    assertThat(read(fields)).isEqualTo(read(fields("{'seed': 1}")));
    assertThat(fields.warnings()).isEmpty();
  }

  @Test
  void unsupportedOptionsAtTheirDefaults_areNoWarnings() {
    for (String name : Options.UNSUPPORTED.keySet()) {
      for (String value : Options.UNSUPPORTED.get(name)) {
        Fields fields = Fields.of(Fields.object().put(name, value));
        Overrides.read(fields, CONTEXT);
        assertThat(fields.warnings()).as(name).isEqualTo(List.of());
      }
    }
  }

  @Test
  void defaults_areThoseOfA1111_inItsWords() {
    assertThat(Overrides.NONE.toJson().toString())
        .contains(
            "\"CLIP_stop_at_last_layers\":1,\"randn_source\":\"NV\",\"tiling\":false,"
                + "\"sd_vae_decode_method\":\"Full\",\"enable_emphasis\":true,"
                + "\"emphasis\":\"Original\",\"comma_padding_backtrack\":20,")
        .contains("\"sigma_min\":0.0,\"sigma_max\":0.0,\"rho\":0.0,\"beta_dist_alpha\":0.6,")
        .contains("\"uni_pc_variant\":\"bh1\"", "\"sd_noise_schedule\":\"Default\"");
  }
}
