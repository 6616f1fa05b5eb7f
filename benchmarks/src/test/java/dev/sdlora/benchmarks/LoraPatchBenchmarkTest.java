package dev.sdlora.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import java.io.IOException;
import java.nio.file.Files;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LoraPatchBenchmarkTest {
  /** Relative to the largest value; float32 rounds each value to 6e-8. */
  private static final double TOLERANCE = 1e-6;

  private final LoraPatchBenchmark benchmark = new LoraPatchBenchmark();
  private final LoraPatchBenchmark.Weights weights = new LoraPatchBenchmark.Weights();
  private final LoraPatchBenchmark.Changes changes = new LoraPatchBenchmark.Changes();

  @BeforeEach
  void setUp() throws IOException {
    weights.shape = "320x320";
    weights.total = 3 * 320 * 320;
    changes.rank = 4;
    weights.load();
    changes.make(weights);
  }

  @AfterEach
  void tearDown() throws IOException {
    weights.close();
    assertThat(Files.exists(weights.file)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void patch_everyWeight_addsTheScaledProduct(boolean packed) throws IOException {
    weights.close();
    weights.packed = packed;
    weights.load();
    changes.make(weights);
    float[][] originals = values();
    benchmark.patch(weights, changes);
    float[][] patched = values();
    double[] change = product();
    for (int i = 0; i < patched.length; i++) {
      assertSum(patched[i], originals[i], change);
    }
  }

  @Test
  void restore_afterPatch_putsTheOriginalsBack() {
    float[][] originals = values();
    benchmark.patch(weights, changes);
    weights.restore();
    assertThat(values()).isDeepEqualTo(originals);
  }

  @Test
  void floor_leavesTheValuesAlone() {
    float[][] originals = arrays();
    benchmark.floor(weights);
    assertThat(arrays()).isDeepEqualTo(originals);
  }

  private float[][] arrays() {
    return Stream.of(weights.tensors).map(NDArray::toFloatArray).toArray(float[][]::new);
  }

  private float[][] values() {
    return weights.live.shapes().keySet().stream()
        .map(weights.live::values)
        .toArray(float[][]::new);
  }

  private double[] product() {
    int rows = weights.rows();
    int columns = weights.columns();
    int rank = changes.rank;
    double[] product = new double[rows * columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        double sum = 0;
        for (int k = 0; k < rank; k++) {
          sum += (double) changes.up[i * rank + k] * changes.down[k * columns + j];
        }
        product[i * columns + j] = LoraPatchBenchmark.Changes.SCALE * sum;
      }
    }
    return product;
  }

  private static void assertSum(float[] actual, float[] original, double[] change) {
    double largest = 0;
    double worst = 0;
    for (int i = 0; i < actual.length; i++) {
      double expected = original[i] + change[i];
      largest = Math.max(largest, Math.abs(expected));
      double error = Math.abs(actual[i] - expected);
      assertThat(error).isNotNaN();
      worst = Math.max(worst, error);
    }
    assertThat(worst / largest).isLessThan(TOLERANCE);
  }
}
