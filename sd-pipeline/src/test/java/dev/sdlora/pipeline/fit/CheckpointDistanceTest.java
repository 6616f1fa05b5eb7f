package dev.sdlora.pipeline.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.model.BlockChange;
import dev.sdlora.api.model.CheckpointDistance;
import dev.sdlora.api.model.ModelPart;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.testkit.TinyFamilies;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointDistanceTest {
  private static final Checkpoint TINY = Checkpoint.open(Fixtures.CHECKPOINT);

  @TempDir Path folder;

  /** Returns the tiny checkpoint with some tensors multiplied by a factor. */
  private Checkpoint scaled(String prefix, float factor) {
    TensorFile source = TensorFile.open(Fixtures.CHECKPOINT);
    SafetensorsWriter writer = new SafetensorsWriter();
    try (TensorFile.Reader reader = source.reader()) {
      for (TensorEntry entry : source.tensors().values()) {
        float[] values = reader.floats(entry);
        for (int i = 0; i < values.length; i++) {
          values[i] *= entry.name().startsWith(prefix) ? factor : 1;
        }
        writer.tensor(entry.name(), entry.shape(), values, DType.F32);
      }
    }
    Path path = folder.resolve("scaled.safetensors");
    writer.write(path);
    return Checkpoint.open(path);
  }

  @Test
  void distanceTo_itself_isZero() {
    CheckpointDistance none = TINY.distanceTo(TINY);
    assertThat(none.relative()).isZero();
    assertThat(none.notCompared()).isEmpty();
    assertThat(none.blocks()).extracting(BlockChange::change).containsOnly(0.0);
    assertThat(none.byPart())
        .containsOnlyKeys(ModelPart.TEXT_ENCODER, ModelPart.UNET, ModelPart.VAE);
    assertThat(none.blocks())
        .extracting(BlockChange::name)
        .contains("layer 0", "IN01", "decoder mid");
  }

  @Test
  void distanceTo_otherLayout_comparesByTheNamesInside() {
    Checkpoint folder = Checkpoint.open(Fixtures.FAMILY_GOLDENS.resolve("diffusers"));
    CheckpointDistance distance = TINY.distanceTo(folder);
    assertThat(folder.isFolder()).isTrue();
    // The checkpoint in the folder has a smaller vocabulary.
    assertThat(distance.notCompared())
        .containsExactly("text encoder: text_model.embeddings.token_embedding.weight");
    // Both were written from the same model, with different dtypes.
    assertThat(distance.relative()).isLessThan(1e-3);
  }

  @Test
  void distanceTo_oneNetworkChanged_isItsAlone() {
    CheckpointDistance distance = TINY.distanceTo(scaled("first_stage_model.", 1.25f));
    assertThat(share(distance, ModelPart.VAE)).isCloseTo(0.25, within(1e-6));
    assertThat(share(distance, ModelPart.UNET)).isZero();
    assertThat(share(distance, ModelPart.TEXT_ENCODER)).isZero();
    assertThat(distance.relative()).isBetween(0.01, 0.25);
  }

  private static double share(CheckpointDistance distance, ModelPart part) {
    return Objects.requireNonNull(distance.byPart().get(part)).relative();
  }

  @Test
  void distanceTo_otherFamily_isRefusedInASentence() {
    Checkpoint sdxl = Checkpoint.open(TinyFamilies.sdxl());
    assertThatThrownBy(() -> TINY.distanceTo(sdxl))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("SD 1.x")
        .hasMessageContaining("SDXL")
        .hasMessageContaining("the same family");
  }

  @Test
  void distanceTo_interruptedThread_ends() {
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> TINY.distanceTo(TINY))
          .isInstanceOf(GenerationCancelledException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }
}
