package dev.sdlora.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.benchmarks.figure.Figure;
import dev.sdlora.benchmarks.model.ModelConfig;
import dev.sdlora.families.network.vae.VaeConfig;
import dev.sdlora.pipeline.speed.VaeOperations;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VaeBenchmarkTest {
  private static final VaeConfig SD15 = new VaeConfig(List.of(128, 256, 512, 512), 2, 4, 0.18215);

  @TempDir private Path folder;

  @Test
  void benchmark_tiny_comparesPlainAndPackedWeights() {
    Path checkpoint = folder.resolve("tiny.safetensors");
    WriteFullSizeCheckpoint.write(ModelConfig.TINY, 1, checkpoint, done -> {});
    List<Figure> figures =
        VaeBenchmark.run(
            new Arguments(
                checkpoint,
                Map.of(
                    "--size",
                    64,
                    "--bits",
                    32,
                    "--rounds",
                    1,
                    "--plain",
                    1,
                    "--encode",
                    1,
                    "--gemm",
                    64)));
    assertThat(figures)
        .extracting(figure -> figure.name().replaceFirst(".*float32, ", ""))
        .contains("decode, plain", "encode in strips, plain", "decode in strips, packed")
        .doesNotHaveDuplicates();
  }

  /** Layer by layer, without norms: 2 · kernel · channels in · channels out · positions. */
  @Test
  void operations_ofSd15_areThoseOfItsLayers() {
    VaeOperations decode = VaeOperations.decode(SD15, 512);
    assertThat(decode.plain()).isCloseTo(2.515e12, Percentage.withPercentage(0.1));
    assertThat(decode.reduced()).isCloseTo(2.129e12, Percentage.withPercentage(0.1));
    VaeOperations encode = VaeOperations.encode(SD15, 512);
    assertThat(encode.reduced()).isEqualTo(encode.plain());
  }
}
