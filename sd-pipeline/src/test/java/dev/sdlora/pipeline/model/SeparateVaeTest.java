package dev.sdlora.pipeline.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.image.Image;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.TinyPipeline;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.FileHashes;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests images decoded by a VAE from a separate file. */
final class SeparateVaeTest {
  private static final String VAE = "first_stage_model.";

  @TempDir Path folder;

  /**
   * Writes a copy of the checkpoint whose VAE output is halved; tensors renamed to "" are removed.
   */
  private Path weaker(String name, UnaryOperator<String> rename) {
    TensorFile file = TensorFile.open(Fixtures.CHECKPOINT);
    SafetensorsWriter writer = new SafetensorsWriter();
    Path target = folder.resolve(name);
    try (TensorFile.Reader reader = file.reader()) {
      for (TensorEntry entry : file.tensors().values()) {
        float[] values = reader.floats(entry);
        if (entry.name().startsWith(VAE + "decoder.conv_out.")) {
          for (int i = 0; i < values.length; i++) {
            values[i] /= 2;
          }
        }
        String renamed = rename.apply(entry.name());
        if (!renamed.isEmpty()) {
          writer.tensor(renamed, entry.shape(), values, DType.F16);
        }
      }
      writer.write(target);
    }
    return target;
  }

  private static GenerationResult draw(Path checkpoint, CheckpointParts parts) {
    try (Pipeline pipeline =
        Fixtures.float32().checkpoint(Checkpoint.open(checkpoint, parts)).build()) {
      return pipeline.generate(TinyPipeline.SPEC);
    }
  }

  @Tag("slow")
  @Test
  void generate_withVaeOfItsOwnFile_isAsIfItWereTheCheckpoints() throws Exception {
    Path whole = weaker("whole.safetensors", name -> name);
    Path vae =
        weaker(
            "weak.safetensors", name -> name.startsWith(VAE) ? name.substring(VAE.length()) : "");
    GenerationResult wanted = draw(whole, CheckpointParts.DEFAULT);
    GenerationResult result = draw(Fixtures.CHECKPOINT, CheckpointParts.builder().vae(vae).build());
    Image picture = result.first().image();
    assertThat(picture).isEqualTo(wanted.first().image());
    assertThat(wanted.vae()).isEmpty();
    assertThat(wanted.first().infotext()).doesNotContain("VAE");
    assertThat(result.vae()).hasValue("weak.safetensors");
    assertThat(result.first().infotext())
        .contains("VAE hash: " + FileHashes.autoV2(vae) + ", VAE: weak.safetensors, ");

    Path checkpoint = Files.copy(Fixtures.CHECKPOINT, folder.resolve("model.safetensors"));
    Files.move(vae, folder.resolve("model.vae.safetensors"));
    GenerationResult beside = draw(checkpoint, CheckpointParts.DEFAULT);
    assertThat(beside.vae()).hasValue("model.vae.safetensors");
    assertThat(beside.first().image()).isEqualTo(picture);
    GenerationResult own = draw(checkpoint, CheckpointParts.builder().vaeBeside(false).build());
    assertThat(own.vae()).isEmpty();
    assertThat(own.first().image()).isNotEqualTo(picture);
  }

  @Test
  void open_badParts_areRefusedInOneSentence() {
    CheckpointParts.Builder parts = CheckpointParts.builder();
    Path missing = folder.resolve("missing.pt");
    CheckpointParts vae = parts.vae(missing).build();
    assertThatThrownBy(() -> Checkpoint.open(Fixtures.CHECKPOINT, vae))
        .isInstanceOf(CheckpointException.class)
        .hasMessage("VAE '" + missing + "' does not exist");
    CheckpointParts clip = CheckpointParts.builder().textEncoder(missing).build();
    assertThatThrownBy(() -> Checkpoint.open(Fixtures.CHECKPOINT.toString(), clip))
        .isInstanceOf(CheckpointException.class)
        .hasMessage("text encoder '" + missing + "' does not exist");
    assertThatThrownBy(() -> parts.variant("../fp16"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("variant must be letters, digits");
  }
}
