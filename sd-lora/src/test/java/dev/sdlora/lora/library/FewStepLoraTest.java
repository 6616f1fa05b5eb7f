package dev.sdlora.lora.library;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.sampling.FewSteps;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FewStepLoraTest {
  private static Optional<FewStepLora> named(String file) {
    return FewStepLora.of("it", Map.of(), Path.of(file));
  }

  @ParameterizedTest
  @CsvSource({
    "sdxl_lightning_4step_lora.safetensors, LIGHTNING, 4, false",
    "SDXL-Lightning-8steps.safetensors, LIGHTNING, 8, false",
    "sdxl_lightning.safetensors, LIGHTNING, 0, false",
    "Hyper-SDXL-8steps-lora.safetensors, HYPER, 8, false",
    "Hyper-SD15-1step-lora.safetensors, HYPER, 1, false",
    "Hyper-SDXL-12steps-CFG-lora.safetensors, HYPER, 12, true",
    "lcm-lora-sdv1-5.safetensors, LCM, 0, false",
    "LCM_LoRA_Weights_SD15.safetensors, LCM, 0, false",
    "lcm-lora-sdxl/pytorch_lora_weights.safetensors, LCM, 0, false",
    "pcm_sdxl_lcmlike_lora_converted.safetensors, LCM, 0, false",
    "dmd2_sdxl_4step_lora_fp16.safetensors, LCM, 4, false",
    "TCD-SDXL-LoRA.safetensors, TCD, 0, false",
    "pcm_sd15_smallcfg_2step_converted.safetensors, PCM, 2, false",
    "pcm_sdxl_normalcfg_8step_converted.safetensors, PCM, 8, true",
    "sd_xl_turbo_lora_v1.safetensors, TURBO, 0, false",
    "SDXL-Turbo-LoRA.pt, TURBO, 0, false"
  })
  void of_publishedNames_areKnown(String file, FewSteps method, int steps, boolean guidance) {
    OptionalInt made = steps == 0 ? OptionalInt.empty() : OptionalInt.of(steps);
    assertThat(named(file)).contains(new FewStepLora("it", method, made, guidance));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lightning_storm.safetensors",
        "lightning_storm style.safetensors",
        "lightning.safetensors",
        "sdxl_lightning_strikes.safetensors",
        "hyper_detailed_skin.safetensors",
        "hyperrealism_sdxl.safetensors",
        "HyperSmoke_XL.safetensors",
        "porsche_911_turbo.safetensors",
        "turbo_granny_sdxl_lora.safetensors",
        "pcmag_cover.safetensors",
        "falcm_lora.safetensors",
        "footsteps_v2.safetensors",
        "dance_steps_lora.safetensors",
        "dmd_doll.safetensors",
        "style.safetensors"
      })
  void of_ordinaryNames_areNotTakenForIt(String file) {
    assertThat(named(file)).isEmpty();
  }

  @Test
  void of_titleInMetadata_countsMoreThanTheFilesName() {
    Map<String, String> metadata = Map.of("modelspec.title", "Hyper-SDXL 4steps LoRA");

    assertThat(FewStepLora.of("it", metadata, Path.of("sdxl_lightning_8step_lora.safetensors")))
        .contains(new FewStepLora("it", FewSteps.HYPER, OptionalInt.of(4), false));
    assertThat(FewStepLora.of("it", Map.of("ss_output_name", "None"), Path.of("a.pt"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "sdxl_lightning_4step_lora.pt, 4, 1",
    "sdxl_lightning_4step_lora.pt, 8, 2",
    "lcm-lora-sdxl.pt, 8, 1.5",
    "Hyper-SDXL-8steps-CFG-lora.pt, 8, 6",
    "TCD-SDXL-LoRA.pt, 12, 1"
  })
  void unsuited_whatItIsMadeFor_isSilent(String file, int steps, double cfgScale) {
    assertThat(named(file).orElseThrow().unsuited(steps, cfgScale)).isEmpty();
  }

  @Test
  void unsuited_others_sayWhatItWantsWhatThereIsAndTheOption() {
    assertThat(named("sdxl_lightning_4step_lora.pt").orElseThrow().unsuited(25, 7))
        .contains(
            "LoRA 'it' is made for 4 steps and no guidance (scale 1), but the request has 25 steps"
                + " and guidance scale 7; fewSteps(FewSteps.LIGHTNING, 4) or --few-steps"
                + " lightning:4 sets suitable values");
    assertThat(named("lcm-lora-sdv1-5.pt").orElseThrow().unsuited(4, 7.5))
        .contains(
            "LoRA 'it' is made for 1 to 8 steps and guidance scale 1 to 2, but the request has 4"
                + " steps and guidance scale 7.5; fewSteps(FewSteps.LCM, 4) or --few-steps lcm:4"
                + " sets suitable values");
    assertThat(named("sdxl_lightning_8step_lora.pt").orElseThrow().unsuited(1, 1)).isPresent();
  }
}
