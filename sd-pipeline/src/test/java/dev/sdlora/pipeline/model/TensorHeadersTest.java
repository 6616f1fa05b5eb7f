package dev.sdlora.pipeline.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.families.checkpoint.stored.TensorHeaders;
import dev.sdlora.testkit.TinyModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorHeadersTest {
  @TempDir private Path folder;
  private Path file = Path.of("");
  private long before;

  @BeforeEach
  void copyCheckpoint() throws IOException {
    file = Files.copy(TinyModels.CHECKPOINT, folder.resolve("model.safetensors"));
    before = TensorHeaders.read();
  }

  @Test
  void openCheckpoint_thenBuildPipeline_readsTheHeaderOnce() {
    Checkpoint checkpoint = Checkpoint.open(file);
    Pipeline.builder().checkpoint(checkpoint).build().close();
    Pipeline.builder().checkpoint(checkpoint).build().close();

    assertThat(TensorHeaders.read() - before).isEqualTo(1);
  }

  @Test
  void open_changedFile_readsTheHeaderAgain() throws IOException {
    Checkpoint.open(file);
    Files.setLastModifiedTime(file, FileTime.fromMillis(0));
    Checkpoint.open(file);

    assertThat(TensorHeaders.read() - before).isEqualTo(2);
  }
}
