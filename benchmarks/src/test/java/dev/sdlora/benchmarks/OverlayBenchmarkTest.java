package dev.sdlora.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.pipeline.checkpoint.CheckpointReader;
import dev.sdlora.tensors.torch.ScalarType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OverlayBenchmarkTest {
  @TempDir private Path folder;

  @Test
  void benchmark_tiny_comparesThreeCalls() throws IOException {
    Path checkpoint = folder.resolve("tiny.safetensors");
    WriteFullSizeCheckpoint.write(FullModelTest.TINY, 1, checkpoint, done -> {});
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    OverlayBenchmark.run(
        CheckpointReader.read(checkpoint),
        ScalarType.FLOAT32,
        64,
        3,
        1,
        new PrintStream(printed, true, StandardCharsets.UTF_8));
    assertThat(printed.toString(StandardCharsets.UTF_8)).contains("plain", "one", "two");
  }
}
