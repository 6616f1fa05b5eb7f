package dev.sdlora.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.pipeline.checkpoint.CheckpointReader;
import dev.sdlora.pipeline.network.VaeConfig;
import dev.sdlora.tensors.torch.ScalarType;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VaeBenchmarkTest {
  private static final VaeConfig SD15 = new VaeConfig(List.of(128, 256, 512, 512), 2, 4, 0.18215);

  @TempDir private Path folder;

  @Test
  void benchmark_tiny_comparesPlainAndPackedWeights() {
    Path checkpoint = folder.resolve("tiny.safetensors");
    WriteFullSizeCheckpoint.write(FullModelTest.TINY, 1, checkpoint, done -> {});
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    VaeBenchmark.run(
        CheckpointReader.read(checkpoint),
        64,
        ScalarType.FLOAT32,
        1,
        64,
        new PrintStream(printed, true, StandardCharsets.UTF_8));
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("GEMM", "decode, plain ", "encode in strips, plain ");
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
