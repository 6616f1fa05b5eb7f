package dev.sdlora.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.pipeline.checkpoint.CheckpointReader;
import dev.sdlora.pipeline.network.UNetConfig;
import dev.sdlora.tensors.torch.ScalarType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UNetBenchmarkTest {
  @TempDir private Path folder;

  @Test
  void benchmark_tiny_comparesPlainAndPackedWeights() throws IOException {
    Path checkpoint = folder.resolve("tiny.safetensors");
    WriteFullSizeCheckpoint.write(FullModelTest.TINY, 1, checkpoint, done -> {});
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    UNetBenchmark.run(
        CheckpointReader.read(checkpoint),
        64,
        ScalarType.FLOAT32,
        1,
        64,
        new PrintStream(printed, true, StandardCharsets.UTF_8));
    assertThat(printed.toString(StandardCharsets.UTF_8)).contains("GEMM", "plain ", "packed ");
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
