package dev.sdlora.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.benchmarks.figure.Figure;
import dev.sdlora.benchmarks.model.ModelConfig;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.pipeline.speed.UNetOperations;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UNetBenchmarkTest {
  @TempDir private Path folder;

  @Test
  void benchmark_tiny_comparesPlainAndPackedWeights() {
    Path checkpoint = folder.resolve("tiny.safetensors");
    WriteFullSizeCheckpoint.write(ModelConfig.TINY, 1, checkpoint, done -> {});
    List<Figure> figures =
        UNetBenchmark.run(
            new Arguments(
                checkpoint,
                Map.of("--size", 64, "--bits", 32, "--rounds", 1, "--plain", 1, "--gemm", 64)));
    assertThat(figures)
        .extracting(Figure::name)
        .containsExactly(
            "U-Net, small model, 64², float32, plain", "U-Net, small model, 64², float32, packed");
    assertThat(figures).allMatch(figure -> figure.ratio() != null && figure.ratio().share());
  }

  /** 803 billion are what others count for a row of SD 1.5 at 512 pixels. */
  @Test
  void operations_ofSd15_areThoseThatOthersCount() {
    UNetConfig config =
        new UNetConfig(
            4, 4, List.of(320, 640, 1280, 1280), 2, List.of(1, 1, 1, 0), 1, 8, 768, false);
    assertThat(UNetOperations.of(config, 2, 64, 77))
        .isCloseTo(1.607e12, Percentage.withPercentage(1));
  }
}
