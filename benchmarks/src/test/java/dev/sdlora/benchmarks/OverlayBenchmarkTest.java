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

class OverlayBenchmarkTest {
  @TempDir private Path folder;

  @Test
  void benchmark_tiny_comparesThreeCalls() throws IOException {
    Path checkpoint = folder.resolve("tiny.safetensors");
    WriteFullSizeCheckpoint.write(ModelConfig.TINY, 1, checkpoint, done -> {});
    List<Figure> figures =
        OverlayBenchmark.run(
            new Arguments(
                checkpoint, Map.of("--bits", 32, "--size", 64, "--rank", 3, "--rounds", 1)));
    assertThat(figures)
        .extracting(Figure::name)
        .containsExactly(
            "overlay of one LoRA, rank 3, 64², float32: a call of the U-Net",
            "overlay of two LoRAs, rank 3, 64², float32: a call of the U-Net");
  }
}
