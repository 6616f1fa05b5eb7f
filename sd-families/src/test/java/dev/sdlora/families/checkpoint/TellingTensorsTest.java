package dev.sdlora.families.checkpoint;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.testkit.TinyFamilies;
import dev.sdlora.testkit.TinyModels;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests that tensors whose values identify a checkpoint's type are read when it is opened, whatever
 * their size.
 */
final class TellingTensorsTest {
  private static final long TOO_MANY = 70_000;

  @TempDir Path folder;

  /** Returns a checkpoint with additional byte tensors, which replace those of the same name. */
  private Path with(Path checkpoint, long elements, String... names) {
    TensorFile file = TensorFile.open(checkpoint);
    SafetensorsWriter writer = new SafetensorsWriter();
    try (TensorFile.Reader reader = file.reader()) {
      for (TensorEntry entry : file.tensors().values()) {
        if (!List.of(names).contains(entry.name())) {
          writer.tensor(
              entry.name(),
              entry.dtype(),
              entry.shape(),
              channel -> channel.write(reader.bytes(entry)));
        }
      }
      for (String name : names) {
        writer.tensor(
            name,
            DType.F8_E4M3,
            List.of(elements),
            channel -> channel.write(ByteBuffer.allocate((int) elements)));
      }
      Path path = folder.resolve("telling.safetensors");
      writer.write(path);
      return path;
    }
  }

  private static void refuses(Path path, String tensor, String expected) {
    assertThatThrownBy(() -> CheckpointReader.read(path))
        .isInstanceOf(CheckpointException.class)
        .hasMessage(
            "'%s': tensor '%s' holds %s numbers, expected %s", path, tensor, TOO_MANY, expected);
  }

  @Test
  void read_meansOfManyNumbers_areRefused() {
    refuses(
        with(TinyFamilies.sdxl(), TOO_MANY, "edm_mean", "edm_std"), "edm_mean", "at most 65536");
  }

  @Test
  void read_levelOfManyNumbers_isRefused() {
    String name = "edm_vpred.sigma_max";
    refuses(with(TinyFamilies.sdxl(), TOO_MANY, name), name, "one");
  }

  @Test
  void read_biasOfManyNumbers_isRefused() {
    String bias = "model.diffusion_model.output_blocks.11.1.transformer_blocks.0.norm1.bias";
    refuses(with(TinyFamilies.sd2(), TOO_MANY, bias), bias, "at most 65536");
  }

  @Test
  void read_fewerPlacesThanAPromptHas_isRefused() {
    Path path =
        with(
            TinyModels.CHECKPOINT,
            76,
            "cond_stage_model.transformer.text_model.embeddings.position_embedding.weight");
    assertThatThrownBy(() -> CheckpointReader.read(path))
        .isInstanceOf(CheckpointException.class)
        .hasMessage("'%s': the text encoder reads 76 tokens at once, expected at least 77", path);
  }

  @Test
  void read_widthThatNormsCannotShare_isRefused() {
    String block = "model.diffusion_model.input_blocks.1.0.";
    Path path =
        with(
            TinyModels.CHECKPOINT,
            33,
            block + "out_layers.0.weight",
            block + "out_layers.0.bias",
            block + "in_layers.2.bias",
            block + "out_layers.3.bias");
    assertThatThrownBy(() -> CheckpointReader.read(path))
        .isInstanceOf(CheckpointException.class)
        .hasMessage(
            "'%s': the U-Net has a level of 33 channels, which is not divisible by the 32 groups of"
                + " its norms",
            path);
  }
}
