package dev.sdlora.pipeline.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.api.lora.LoraFit;
import dev.sdlora.api.make.LoraBaking;
import dev.sdlora.api.model.PredictionType;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.FileHashes;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests whether LoRAs fit checkpoints, through the public API. */
class LoraFitTest {
  @TempDir private static Path models;
  private static Checkpoint original = Checkpoint.open(Fixtures.CHECKPOINT);
  private static Checkpoint tuned = original;

  @TempDir private Path folder;

  @BeforeAll
  static void make() throws IOException {
    Path base = Files.copy(Fixtures.CHECKPOINT, models.resolve("Ground.safetensors"));
    original = Checkpoint.open(base);
    Path baked = models.resolve("inner").resolve("baked.safetensors");
    Files.createDirectory(models.resolve("inner"));
    LoraBaking.into(
            base, List.of(LoraAdapter.open(Fixtures.LORAS.resolve("tiny_lora.safetensors"))))
        .write(baked);
    tuned = Checkpoint.open(baked);
  }

  /** Writes the tiny LoRA with different metadata. */
  private LoraAdapter lora(Map<String, String> metadata) {
    TensorFile source = TensorFile.open(Fixtures.LORAS.resolve("tiny_lora.safetensors"));
    SafetensorsWriter writer = new SafetensorsWriter();
    metadata.forEach(writer::metadata);
    try (TensorFile.Reader reader = source.reader()) {
      for (TensorEntry entry : source.tensors().values()) {
        writer.tensor(entry.name(), entry.shape(), reader.floats(entry), DType.F32);
      }
    }
    Path path = folder.resolve("a.safetensors");
    writer.write(path);
    return LoraAdapter.open(path);
  }

  private static Map<String, String> hashes() {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("ss_sd_model_name", "elsewhere.safetensors");
    metadata.put("ss_sd_model_hash", FileHashes.legacy(original.path()));
    metadata.put("ss_new_sd_model_hash", FileHashes.sha256(original.path()));
    return metadata;
  }

  @Tag("slow")
  @Test
  void fitOn_checkpointThatItWasMadeOn_isWhole() {
    LoraFit fit = lora(hashes()).fitOn(original);

    assertThat(fit.exactBase()).isTrue();
    assertThat(fit.isApplicable()).isTrue();
    assertThat(fit.effect().orElseThrow().matched()).isEqualTo(245);
    assertThat(fit.verdict()).isEqualTo("made on this checkpoint: expect its full effect");
    assertThat(lora(hashes()).fitOn(tuned).exactBase()).isFalse();
  }

  @Test
  void fitOn_oldHash_countsUnlessTheWholeOneSaysOtherwise() {
    String old = FileHashes.legacy(original.path());
    assertThat(lora(Map.of("ss_sd_model_hash", old)).fitOn(original).exactBase()).isTrue();
    LoraAdapter kin = lora(Map.of("ss_sd_model_hash", old, "ss_new_sd_model_hash", "f".repeat(64)));
    assertThat(kin.fitOn(original).exactBase()).isFalse();
  }

  @Test
  void fitOn_noHash_doesNotKnowTheBase() {
    LoraFit fit = lora(Map.of("ss_sd_model_hash", "NOFILE")).fitOn(tuned);
    assertThat(fit.exactBase()).isFalse();
    assertThat(fit.base()).isEqualTo("unknown");
    assertThat(fit.verdict()).contains("on an unknown base model");
  }

  @Test
  void fitOn_settingsOfTheTraining_areToldAndAdvised() {
    LoraFit fit =
        lora(Map.of(
                "ss_sd_model_name", "animefull-final-pruned.ckpt",
                "ss_base_model_version", "sd_v1_v",
                "ss_clip_skip", "2",
                "ss_resolution", "(64, 64)"))
            .fitOn(original);
    assertThat(fit.base()).isEqualTo("NovelAI's anime model");
    assertThat(fit.predictionType()).contains(PredictionType.V_PREDICTION);
    assertThat(fit.training().clipSkip()).hasValue(2);
    assertThat(fit.advice())
        .hasSize(3)
        .anyMatch(advice -> advice.contains("v_prediction"))
        .anyMatch(advice -> advice.contains("clip skip 2"))
        .anyMatch(advice -> advice.contains("64x64"));
  }

  @Test
  void fitOn_otherFamily_isAnAnswer() {
    LoraFit fit =
        LoraAdapter.open(Fixtures.GOLDENS.resolve("lora_sdxl.safetensors")).fitOn(original);
    assertThat(fit.isApplicable()).isFalse();
    assertThat(fit.effect()).isEmpty();
    assertThat(fit.verdict()).contains("does not fit", "SDXL", "SD 1.x");
  }

  @Test
  void fitOn_strengthZero_doesNothing() {
    LoraFit fit = lora(hashes()).withStrength(0).fitOn(original);
    assertThat(fit.isApplicable()).isFalse();
    assertThat(fit.verdict()).contains("no effect");
  }

  @Test
  void fitOn_damagedLora_isRefused() throws IOException {
    LoraAdapter lora = lora(hashes());
    Files.writeString(lora.path(), "no tensors any more");
    assertThatThrownBy(() -> lora.fitOn(original))
        .isInstanceOfAny(LoraException.class, TensorFileException.class);
  }

  @Test
  void fitOn_interruptedThread_ends() {
    LoraAdapter lora = lora(hashes());
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> lora.fitOn(tuned)).isInstanceOf(GenerationCancelledException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }
}
