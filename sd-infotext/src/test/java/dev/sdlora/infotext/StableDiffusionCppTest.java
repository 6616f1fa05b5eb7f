package dev.sdlora.infotext;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.sampling.Rng;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.Schedule;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests of texts written by several versions of stable-diffusion.cpp. */
final class StableDiffusionCppTest {
  private static final String JSON =
      ", Version: stable-diffusion.cpp, SDCPP: {\"schema\":\"sdcpp.image.params/v1\","
          + "\"prompt\":{\"positive\":\"a cat, Steps: 3, Clip skip: 2\"},\"list\":[1,2]}";

  @Test
  void parse_newVersion() {
    PromptSpec spec =
        Infotext.parse(
            """
            a cat
            Negative prompt: ugly
            Steps: 20, CFG scale: 7.000000, Guidance: 3.500000, Eta: inf, Seed: 42, \
            Size: 512x768, Model: v1-5.safetensors, RNG: cuda, Sampler RNG: cuda, \
            Sampler: euler_a karras, Clip skip: 2\
            """
                + JSON);

    assertThat(spec)
        .usingRecursiveComparison()
        .ignoringFields("values.otherParameters")
        .isEqualTo(
            PromptSpec.builder()
                .prompt("a cat")
                .negativePrompt("ugly")
                .seed(42)
                .size(512, 768)
                .rng(Rng.NV)
                .sampler(Sampler.EULER_A)
                .schedule(Schedule.KARRAS)
                .clipSkip(2)
                .build());
    assertThat(spec.otherParameters().keySet())
        .containsExactly("Guidance", "Model", "Sampler RNG", "Version", "SDCPP");
    assertThat(spec.otherParameters().get("SDCPP")).endsWith("\"list\":[1,2]}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "euler discrete           | EULER             | NORMAL",
        "euler_a                  | EULER_A           | AUTOMATIC",
        "heun exponential         | HEUN              | EXPONENTIAL",
        "dpm2 ays                 | DPM2              | ALIGN_YOUR_STEPS",
        "dpm++2s_a karras         | DPMPP_2S_A        | KARRAS",
        "dpm++2m sgm_uniform      | DPMPP_2M          | SGM_UNIFORM",
        "dpm++2m_sde kl_optimal   | DPMPP_2M_SDE      | KL_OPTIMAL",
        "lms simple               | LMS               | SIMPLE",
        "lcm beta                 | LCM               | BETA",
        "euler gits               | EULER             | AUTOMATIC",
        "dpm++2m smoothstep       | DPMPP_2M          | AUTOMATIC",
        "ipndm discrete           | DPMPP_2M          | AUTOMATIC",
        "res_multistep            | RES_MULTISTEP     | AUTOMATIC",
      })
  void parse_samplerWithSchedule_isRead_whatIsUnknownHasItsDefault(
      String name, Sampler sampler, Schedule schedule) {
    PromptSpec spec = Infotext.parse("a\nSteps: 4, Seed: 1, RNG: cuda, Sampler: " + name + JSON);

    assertThat(spec.sampler()).isEqualTo(sampler);
    assertThat(spec.schedule()).isEqualTo(schedule);
  }

  @Test
  void parse_rng_isOneOfTwo_orTheDefault() {
    assertThat(rng("cuda")).isEqualTo(Rng.NV);
    assertThat(rng("cpu")).isEqualTo(Rng.CPU);
    assertThat(rng("std_default")).isEqualTo(Rng.NV);
  }

  private static Rng rng(String name) {
    return Infotext.parse("a\nSteps: 4, Seed: 1, RNG: " + name).rng();
  }

  @Test
  void parse_eta_isThatOfTheSampler_unlessAnOldVersionSays0() {
    assertThat(options("euler_a", "0.500000", JSON).eta()).isEqualTo(OptionalDouble.of(0.5));
    assertThat(options("euler_a", "0.000000", JSON).eta()).isEqualTo(OptionalDouble.of(0));
    assertThat(options("euler_a", "0.000000", ", Version: stable-diffusion.cpp").eta()).isEmpty();
    assertThat(options("tcd", "0.400000", JSON).etaDdim()).isEqualTo(OptionalDouble.of(0.4));
    assertThat(options("euler_a", "inf", JSON).eta()).isEmpty();
  }

  private static SamplerOptions options(String sampler, String eta, String rest) {
    return Infotext.parse("a\nEta: " + eta + ", Seed: 1, Steps: 4, Sampler: " + sampler + rest)
        .samplerOptions();
  }

  @Test
  void parse_skippedLayers_haveTheirScaleElsewhere() {
    PromptSpec spec =
        Infotext.parse(
            "a\nSteps: 4, CFG scale: 4.500000, SLG scale: 4.500000, Skip layers: [7, 8, 9, ],"
                + " Skip layer start: 0.010000, Skip layer end: 0.300000, Seed: 1"
                + JSON);

    assertThat(spec.samplerOptions())
        .isEqualTo(SamplerOptions.builder().skipLayers(7, 8, 9).skipLayerEnd(0.3).build());
    assertThat(spec.seed()).hasValue(1);
    assertThat(spec.otherParameters()).containsEntry("SLG scale", "4.500000");
  }

  @Test
  void parse_hires_namesTheUpscalerWhereA1111HasTheFactor() {
    String text =
        "a\nSteps: 4, Seed: 1, Size: 64x64, Hires upscale: Latent (nearest), Hires scale: 1.500000,"
            + " Hires resize: %s, Hires steps: 3, Denoising strength: 0.600000"
            + JSON;

    HiresFix scaled = Infotext.parse(text.formatted("0x0")).hiresFix().orElseThrow();
    assertThat(scaled.upscaler()).isEqualTo(Upscaler.LATENT_NEAREST);
    assertThat(scaled.scale()).isEqualTo(1.5);
    assertThat(scaled.size()).isEmpty();
    assertThat(scaled.steps()).hasValue(3);
    assertThat(scaled.denoisingStrength()).isEqualTo(0.6);
    assertThat(Infotext.parse(text.formatted("96x128")).hiresFix().orElseThrow().size())
        .contains(new ImageSize(96, 128));
  }
}
