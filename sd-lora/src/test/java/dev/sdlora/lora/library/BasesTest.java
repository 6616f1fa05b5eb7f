package dev.sdlora.lora.library;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.model.PredictionType;
import dev.sdlora.lora.family.Base;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BasesTest {
  @TempDir Path folder;

  private Bases.Sign of(ModelFamily family, Map<String, String> metadata) {
    return Bases.ofLora(folder.resolve("a.safetensors"), family, metadata, new Sidecars());
  }

  /** Common file names, and Civitai's names of bases. */
  @ParameterizedTest
  @CsvSource({
    "SD 1.4, SD1",
    "SD 1.5, SD1",
    "SD 1.5 LCM, LCM",
    "SD 1.5 Hyper, HYPER",
    "SD 2.1 768, SD2",
    "SDXL 0.9, SDXL",
    "SDXL 1.0, SDXL",
    "SDXL 1.0 LCM, LCM",
    "SDXL Turbo, TURBO",
    "SDXL Lightning, LIGHTNING",
    "SDXL Hyper, HYPER",
    "Pony, PONY",
    "Illustrious, ILLUSTRIOUS",
    "NoobAI, NOOBAI",
    "v1-5-pruned-emaonly.safetensors, SD1",
    "runwayml/stable-diffusion-v1-5, SD1",
    "v2-1_768-ema-pruned.ckpt, SD2",
    "sd_xl_base_1.0_0.9vae.safetensors, SDXL",
    "stabilityai/stable-diffusion-xl-base-1.0, SDXL",
    "ponyDiffusionV6XL_v6StartWithThisOne.safetensors, PONY",
    "cyberrealisticPony_v160, PONY",
    "Illustrious-XL-v0.1.safetensors, ILLUSTRIOUS",
    "waiNSFWIllustrious_v140, ILLUSTRIOUS",
    "noobaiXLNAIXL_vPred10Version, NOOBAI",
    "animefull-final-pruned.ckpt, ANIME",
    "nai.ckpt, ANIME",
    "AnyLoRA_noVae_fp16-pruned.ckpt, ANIME",
    "anything-v4.5-pruned.safetensors, ANIME",
    "dreamshaperXL_turboDPMSDE, TURBO",
  })
  void byName_ofModels_isTheirBase(String name, Base base) {
    assertThat(Bases.byName(name)).contains(base);
  }

  @ParameterizedTest
  @CsvSource({"Other", "''", "dreamshaper_8", "Flux.1 D", "sdxlMyMix_v2", "snail_v1", "v12_mix"})
  void byName_otherNames_sayNothing(String name) {
    assertThat(Bases.byName(name)).isEmpty();
  }

  @Test
  void ofLora_hashOfAPublishedBase_countsBeforeNames() {
    Bases.Sign sign =
        of(
            ModelFamily.SDXL,
            Map.of(
                "ss_new_sd_model_hash",
                "67AB2FD8EC439A89B3FEDB15CC65F54336AF163C7EB5E4F2ACC98F090A29B0B3",
                "ss_sd_model_name",
                "illustrious.safetensors"));
    assertThat(sign.base()).isEqualTo(Base.PONY);
    assertThat(sign.sign()).contains("ss_new_sd_model_hash", "Pony");
    assertThat(of(ModelFamily.SD1, Map.of("ss_sd_model_hash", "925997e9")).base())
        .isEqualTo(Base.ANIME);
  }

  @Test
  void ofLora_sidecarThenTagsThenFamily_inThisOrder() throws IOException {
    Map<String, String> tagged =
        Map.of(
            "ss_sd_model_name",
            "my-model.safetensors",
            "ss_tag_frequency",
            "{\"10_x\": {\"score_9\": 30, \"hat\": 2}}",
            "ss_base_model_version",
            "sdxl_base_v1-0");
    assertThat(of(ModelFamily.SDXL, tagged).base()).isEqualTo(Base.PONY);
    assertThat(of(ModelFamily.SDXL, tagged).sign()).contains("score_9");
    Files.writeString(folder.resolve("a.civitai.info"), "{\"baseModel\": \"NoobAI\"}");
    assertThat(of(ModelFamily.SDXL, tagged).base()).isEqualTo(Base.NOOBAI);
    Bases.Sign unknown =
        Bases.ofLora(
            folder.resolve("b.safetensors"),
            ModelFamily.SDXL,
            Map.of("ss_base_model_version", "sdxl_base_v1-0"),
            new Sidecars());
    assertThat(unknown.base()).isEqualTo(Base.UNKNOWN);
    assertThat(unknown.sign()).contains("sdxl_base_v1-0", "does not identify a base");
  }

  @Test
  void byName_hostileLength_isQuick() {
    assertThat(Bases.byName("a".repeat(10_000_000) + " pony")).isEmpty();
    assertThat(Bases.byName("x/".repeat(1_000_000) + "pony")).contains(Base.PONY);
  }

  @Test
  void ofLora_baseOfAnotherFamily_isNotBelieved() {
    assertThat(of(ModelFamily.SD1, Map.of("ss_sd_model_name", "ponyDiffusionV6XL")).base())
        .isEqualTo(Base.UNKNOWN);
  }

  @Test
  void ofLora_valuesThatAreNoHashes_sayNothing() {
    for (String value : new String[] {"NOFILE", "IsADirectory", "None", "", "é"}) {
      assertThat(of(ModelFamily.SD1, Map.of("ss_sd_model_hash", value)).base())
          .isEqualTo(Base.UNKNOWN);
    }
  }

  @Test
  void ofCheckpoint_sidecarOrName() throws IOException {
    Path file = Files.writeString(folder.resolve("mix.safetensors"), "x");
    assertThat(Bases.ofCheckpoint(file, ModelFamily.SDXL, new Sidecars()).base())
        .isEqualTo(Base.UNKNOWN);
    Files.writeString(folder.resolve("mix.civitai.info"), "{\"baseModel\": \"Illustrious\"}");
    assertThat(Bases.ofCheckpoint(file, ModelFamily.SDXL, new Sidecars()).base())
        .isEqualTo(Base.ILLUSTRIOUS);
    Path named = Files.createDirectory(folder.resolve("pony-mix"));
    assertThat(Bases.ofCheckpoint(named, ModelFamily.SDXL, new Sidecars()).base())
        .isEqualTo(Base.PONY);
  }

  @ParameterizedTest
  @CsvSource({
    "ss_base_model_version, sd_v2_v, V_PREDICTION",
    "ss_base_model_version, sd_v1, EPSILON",
    "ss_v_parameterization, True, V_PREDICTION",
    "modelspec.prediction_type, v, V_PREDICTION",
    "modelspec.prediction_type, epsilon, EPSILON",
    "modelspec.architecture, stable-diffusion-v2-768-v/lora, V_PREDICTION",
  })
  void predictionType_asTrainersWriteIt(String key, String value, PredictionType type) {
    assertThat(TrainingFacts.predictionType(Map.of(key, value))).contains(type);
  }

  @Test
  void predictionType_silentFile_isUnknown() {
    assertThat(TrainingFacts.predictionType(Map.of("ss_v_parameterization", "False"))).isEmpty();
  }
}
