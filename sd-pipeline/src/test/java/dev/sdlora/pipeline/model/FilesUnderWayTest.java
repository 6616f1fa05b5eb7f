package dev.sdlora.pipeline.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.TinyPipeline;
import dev.sdlora.tensorkit.TorchWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.testkit.TinyModels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests files that change during a request, after their headers and before their tensors are read:
 * safetensors and PyTorch files.
 */
@Tag("slow")
class FilesUnderWayTest {
  private static final String TAG = "a cat <lora:ink:0.8>";

  /** The LoRA is found at the start of the request and applied in the second pass. */
  private static final PromptSpec LATE =
      TinyPipeline.SPEC.toBuilder()
          .size(64, 64)
          .steps(2)
          .hiresFix(HiresFix.builder().scale(1).prompt(TAG).build())
          .build();

  private static final PromptSpec PLAIN = TinyPipeline.SPEC.toBuilder().steps(2).build();
  private static final PromptSpec PATCHED = PLAIN.toBuilder().prompt(TAG).build();

  @TempDir private Path folder;
  private Path spare;

  @BeforeEach
  void makeFolder() throws IOException {
    spare = Files.createDirectory(folder.resolve("spare"));
  }

  /** Writes a copy of a tiny model in a format. */
  private Path copy(Path model, String name, String format) throws IOException {
    Path file = folder.resolve(name + "." + format);
    if (format.equals("safetensors")) {
      Files.copy(model, file);
    } else {
      TorchWriter.write(TensorFile.open(model), file);
    }
    return file;
  }

  private Pipeline pipeline(Path checkpoint) {
    return Fixtures.float32().checkpoint(Checkpoint.open(checkpoint)).loraDirectory(folder).build();
  }

  private static GenerationListener inFirstStep(Change change) {
    return TinyPipeline.inStep(
        1,
        () -> {
          try {
            change.run();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** A change to a file. */
  private interface Change {
    void run() throws IOException;
  }

  private static void shorten(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() * 2 / 3);
    }
  }

  private static byte[] rgb(Pipeline pipeline, PromptSpec spec) {
    return pipeline.generate(spec).first().rgb();
  }

  @ParameterizedTest
  @ValueSource(strings = {"safetensors", "pt"})
  void lora_shortened_failsAndLeavesTheWeights(String format) throws IOException {
    Path lora = copy(TinyModels.LORA, "ink", format);
    try (Pipeline pipeline = pipeline(TinyModels.CHECKPOINT)) {
      byte[] plain = rgb(pipeline, PLAIN);
      int arrays = pipeline.liveTensors();
      assertThatThrownBy(() -> pipeline.generate(LATE, inFirstStep(() -> shorten(lora))))
          .isInstanceOfSatisfying(
              TensorFileException.class, e -> assertThat(e.file()).contains(lora))
          .hasMessageContaining("changed since it was opened");
      assertThat(rgb(pipeline, PLAIN)).isEqualTo(plain);
      assertThat(pipeline.liveTensors()).isEqualTo(arrays);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"safetensors", "pt"})
  void lora_replaced_failsOnceAndThenIsTheNewOne(String format) throws IOException {
    Path lora = copy(TinyModels.LORA, "ink", format);
    Path other = Files.copy(lora, spare.resolve("other"));
    // Otherwise both may have the same timestamp and would count as the same file.
    Files.setLastModifiedTime(other, FileTime.fromMillis(1_000_000_000_000L));
    try (Pipeline pipeline = pipeline(TinyModels.CHECKPOINT)) {
      byte[] plain = rgb(pipeline, PLAIN);
      byte[] patched = rgb(pipeline, PATCHED);
      assertThatThrownBy(
              () ->
                  pipeline.generate(
                      LATE,
                      inFirstStep(() -> Files.move(other, lora, StandardCopyOption.ATOMIC_MOVE))))
          .isInstanceOf(TensorFileException.class)
          .hasMessageContaining("changed since it was opened");
      assertThat(rgb(pipeline, PLAIN)).isEqualTo(plain);
      assertThat(rgb(pipeline, PATCHED)).isEqualTo(patched).isNotEqualTo(plain);
    }
  }

  /** Weights can be restored only if the file is available. */
  @ParameterizedTest
  @ValueSource(strings = {"safetensors", "ckpt"})
  void checkpoint_shortened_failsUntilItIsBack(String format) throws IOException {
    copy(TinyModels.LORA, "ink", "safetensors");
    Path checkpoint = copy(TinyModels.CHECKPOINT, "tiny", format);
    try (Pipeline pipeline = pipeline(checkpoint)) {
      byte[] plain = rgb(pipeline, PLAIN);
      byte[] patched = rgb(pipeline, PATCHED);
      Path whole = Files.move(checkpoint, spare.resolve("whole"));
      Files.copy(whole, checkpoint);
      shorten(checkpoint);
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> pipeline.generate(PLAIN))
            .isInstanceOfSatisfying(
                TensorFileException.class, e -> assertThat(e.file()).contains(checkpoint))
            .hasMessageContaining("the original weights cannot be read again");
      }
      Files.move(whole, checkpoint, StandardCopyOption.ATOMIC_MOVE);
      assertThat(rgb(pipeline, PLAIN)).isEqualTo(plain);
      assertThat(rgb(pipeline, PATCHED)).isEqualTo(patched).isNotEqualTo(plain);
    }
  }
}
