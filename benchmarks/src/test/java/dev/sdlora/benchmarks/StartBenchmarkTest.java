package dev.sdlora.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartBenchmarkTest {
  @TempDir private Path folder;

  @Test
  void benchmark_tiny_startsProcessesForEachFigure() throws Exception {
    Path checkpoint = folder.resolve("tiny.safetensors");
    WriteFullSizeCheckpoint.write(FullModelTest.TINY, 1, checkpoint, done -> {});
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    StartBenchmark.run(checkpoint, 32, 0, new PrintStream(printed, true, StandardCharsets.UTF_8));
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("floor: read", "ready: from", "stages: libtorch", "stages: U-Net")
        .doesNotContain("NaN");
  }
}
