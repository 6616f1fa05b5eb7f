package dev.sdlora.families.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.Packer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests attention by matrix products against libtorch's fused attention in float32. */
class MatrixAttentionTest {
  /** Half a step of bfloat16. */
  private static final double ROUNDING = 1.0 / 512;

  @ParameterizedTest
  @CsvSource({
    // rows, queries, keys, heads, width of a head, magnitude of the values
    "2, 64, 64, 2, 8, 1",
    "1, 1100, 1030, 1, 40, 1",
    "3, 7, 130, 3, 16, 3",
    "2, 1, 5, 1, 64, 2",
    "1, 600, 33, 2, 15, 0.01",
    // Keys with much in common; scores too large for the exponentials, of all rows or of one.
    "2, 50, 60, 2, 32, 5",
    "2, 50, 60, 2, 32, 1e4",
  })
  void matrixAttention_isTheFusedOne(
      int rows, int queries, int keys, int heads, int width, double size) {
    try (Torch torch = Torch.open("cpu");
        NDManager scope = torch.scope()) {
      assumeTrue(
          Packer.isSupported(torch, ScalarType.BFLOAT16),
          "needs oneDNN's bfloat16, which needs a processor with AVX-512");
      Program program =
          Program.load(
              torch,
              List.of(
                  new Program.Source(MatrixAttentionTest.class, "attention_test.torchscript.py")),
              Program.Source.beside(
                  UNet.class,
                  "matrix_attention.torchscript.py",
                  "layers.torchscript.py",
                  "packed_products.torchscript.py"));
      Random random = new Random(queries);
      NDArray q = tensor(random, scope, 0, size, rows, queries, heads * width);
      NDArray k = tensor(random, scope, 2, 1, rows, keys, heads * width);
      NDArray v = tensor(random, scope, 0, 1, rows, keys, heads * width);
      float[] exact = run(program, "fused", ScalarType.FLOAT32, q, k, v, heads, scope);
      double fused =
          distance(run(program, "fused", ScalarType.BFLOAT16, q, k, v, heads, scope), exact);
      double matrices =
          distance(run(program, "matrices", ScalarType.BFLOAT16, q, k, v, heads, scope), exact);
      assertThat(matrices).isLessThan(1.5 * fused + ROUNDING);
    }
  }

  private static float[] run(
      Program program,
      String method,
      ScalarType type,
      NDArray q,
      NDArray k,
      NDArray v,
      int heads,
      NDManager scope) {
    return program
        .call(method)
        .tensor(q)
        .tensor(k)
        .tensor(v)
        .integer(heads)
        .integer(type.code())
        .run(scope)
        .toFloatArray();
  }

  /** Returns values around a mean. */
  private static NDArray tensor(
      Random random, NDManager scope, double mean, double spread, int rows, int n, int width) {
    float[] values = new float[rows * n * width];
    for (int i = 0; i < values.length; i++) {
      // The last row is smaller than the others.
      double share = i < values.length - n * width ? 1 : 0.1;
      values[i] = (float) (mean + share * spread * random.nextGaussian());
    }
    return Torch.floats(scope, values, rows, n, width);
  }

  /** Returns the root mean square of the differences, relative to that of the values. */
  private static double distance(float[] actual, float[] exact) {
    double sum = 0;
    double all = 0;
    for (int i = 0; i < exact.length; i++) {
      sum += Math.pow(actual[i] - exact[i], 2);
      all += Math.pow(exact[i], 2);
    }
    return Math.sqrt(sum / all);
  }
}
