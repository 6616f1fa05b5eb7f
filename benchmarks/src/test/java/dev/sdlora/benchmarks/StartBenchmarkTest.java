package dev.sdlora.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.benchmarks.figure.Figure;
import dev.sdlora.benchmarks.model.ModelConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartBenchmarkTest {
  @TempDir private Path folder;

  @Test
  void benchmark_tiny_startsProcessesForEachFigure() throws Exception {
    Path checkpoint = folder.resolve("tiny.safetensors");
    WriteFullSizeCheckpoint.write(ModelConfig.TINY, 1, checkpoint, done -> {});
    List<Figure> figures =
        StartBenchmark.run(
            new Arguments(checkpoint, Map.of("--bits", 32, "--rounds", 0, "--sd", 0)));
    assertThat(figures)
        .extracting(Figure::name)
        .contains(
            "start, float32, ready: from the start of the process",
            "start, float32, stages: libtorch",
            "start, float32, stages: U-Net, packed");
  }
}
