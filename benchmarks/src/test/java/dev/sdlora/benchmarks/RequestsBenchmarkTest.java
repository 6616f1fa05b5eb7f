package dev.sdlora.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.benchmarks.figure.Figure;
import dev.sdlora.benchmarks.model.ModelConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RequestsBenchmarkTest {
  @TempDir private Path folder;

  @Test
  void benchmark_tiny_comparesTwoAndFourRequestsWithOne() throws IOException {
    Path checkpoint = folder.resolve("tiny.safetensors");
    WriteFullSizeCheckpoint.write(ModelConfig.TINY, 1, checkpoint, done -> {});
    List<Figure> figures =
        RequestsBenchmark.run(
            new Arguments(
                checkpoint,
                Map.of("--size", 64, "--steps", 1, "--bits", 32, "--rank", 2, "--rounds", 1)));
    assertThat(figures)
        .extracting(figure -> figure.name().replaceFirst(".*float32, ", ""))
        .containsExactly(
            "2 at once: throughput",
            "2 at once: latency of the second",
            "2 at once: peak of memory",
            "4 at once: throughput",
            "4 at once: latency of the second",
            "4 at once: peak of memory");
  }
}
