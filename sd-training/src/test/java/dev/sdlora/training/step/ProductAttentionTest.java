package dev.sdlora.training.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.natives.Processor;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.Packer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tests the gradients of attention by products against those of libtorch's fused attention in
 * float32, which may be as far away as those of fused attention in bfloat16.
 */
class ProductAttentionTest {
  /** Half a step of bfloat16. */
  private static final double ROUNDING = 1.0 / 512;

  @ParameterizedTest
  @CsvSource({
    // rows, queries, keys, heads, width of a head, magnitude of the queries
    "2, 64, 64, 2, 8, 1",
    "1, 1100, 1030, 1, 40, 1",
    "1, 40, 1100, 2, 80, 1",
    "3, 7, 130, 3, 16, 3",
    "2, 3, 70, 1, 64, 1",
    "1, 600, 33, 2, 15, 0.01",
    "2, 50, 60, 2, 32, 5",
  })
  void gradients_areThoseOfFusedAttention(
      int rows, int queries, int keys, int heads, int width, double size) {
    try (Torch torch = Torch.open("cpu");
        NDManager scope = torch.scope()) {
      Program program = program(torch);
      Random random = new Random(queries);
      List<NDArray> inputs =
          List.of(
              tensor(random, scope, 0, size, rows, queries, heads * width),
              tensor(random, scope, 2, 1, rows, keys, heads * width),
              tensor(random, scope, 0, 1, rows, keys, heads * width),
              tensor(random, scope, 0.5, 1, rows, queries, heads * width));
      var exact = gradients(program, "fused", ScalarType.FLOAT32, inputs, heads, scope);
      var fused = gradients(program, "fused", ScalarType.BFLOAT16, inputs, heads, scope);
      var products = gradients(program, "products", ScalarType.BFLOAT16, inputs, heads, scope);
      exact.forEach(
          (name, values) ->
              assertThat(distance(products, name, values))
                  .as(name)
                  .isLessThan(1.5 * distance(fused, name, values) + ROUNDING));
    }
  }

  /** Two cuts; with large queries, exponentials would leave the range, and nothing is cut. */
  @ParameterizedTest
  @CsvSource({"1, 2", "30, 0"})
  void gradients_ofLayers_areThoseOfRecordedAttention(double size, int cuts) {
    try (Torch torch = Torch.open("cpu");
        NDManager scope = torch.scope()) {
      Program program = program(torch);
      var exact = ofLayers(program, size, scope, ScalarType.FLOAT32, true);
      var recorded = ofLayers(program, size, scope, ScalarType.BFLOAT16, true);
      var products = ofLayers(program, size, scope, ScalarType.BFLOAT16, false);

      assertThat(products.remove("cuts")).containsExactly(cuts);
      assertThat(exact.remove("cuts")).containsExactly(0);
      assertThat(exact).hasSize(9);
      exact.forEach(
          (name, values) ->
              assertThat(distance(products, name, values))
                  .as(name)
                  .isLessThan(1.5 * distance(recorded, name, values) + ROUNDING));
    }
  }

  private static Map<String, float[]> ofLayers(
      Program program, double size, NDManager scope, ScalarType type, boolean recorded) {
    int width = 32;
    Random random = new Random(5);
    Map<String, NDArray> weights = new LinkedHashMap<>();
    for (String layer : List.of("a", "b")) {
      for (String name : List.of("to_q", "to_k", "to_v", "to_out.0")) {
        double spread = (name.equals("to_q") ? size : 1) / Math.sqrt(width);
        NDArray weight = tensor(random, scope, 0, spread, 1, width, width).reshape(width, width);
        weight.setRequiresGradient(true);
        weights.put(layer + "." + name + ".weight", weight);
      }
    }
    int[] settings = {2, type.code(), recorded ? 1 : 0};
    return values(
        program
            .record("layers")
            .tensor(tensor(random, scope, 0, 1, 2, 1100, width))
            .tensor(tensor(random, scope, 0, 1, 2, 1100, width))
            .tensors(weights)
            .tensor(scope.create(settings))
            .run(scope));
  }

  private static Program program(Torch torch) {
    assumeTrue(
        Processor.hasBfloat16() && Packer.isSupported(torch, ScalarType.BFLOAT16),
        "needs a processor that multiplies in bfloat16");
    return Program.load(
        torch,
        Program.Source.beside(ProductAttentionTest.class, "product_attention_test.torchscript.py"),
        Program.Source.join(
            List.of(
                DenoisingProgram.functions(torch, ScalarType.BFLOAT16),
                Program.Source.beside(ProductAttentionTest.class, "named.torchscript.py"))));
  }

  private static Map<String, float[]> values(Map<String, NDArray> tensors) {
    Map<String, float[]> values = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> values.put(name, tensor.toFloatArray()));
    return values;
  }

  private static Map<String, float[]> gradients(
      Program program,
      String method,
      ScalarType type,
      List<NDArray> inputs,
      int heads,
      NDManager scope) {
    Program.RecordingCall call = program.record(method);
    inputs.forEach(call::tensor);
    return values(call.tensor(scope.create(new int[] {heads, type.code()})).run(scope));
  }

  /** Returns values around a mean. */
  private static NDArray tensor(
      Random random, NDManager scope, double mean, double spread, int rows, int n, int width) {
    float[] values = new float[rows * n * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (mean + spread * random.nextGaussian());
    }
    return Torch.floats(scope, values, rows, n, width);
  }

  /** Returns the root mean square of the differences, relative to that of the values. */
  private static double distance(Map<String, float[]> tensors, String name, float[] exact) {
    float[] actual = Objects.requireNonNull(tensors.get(name), name);
    double sum = 0;
    double all = 0;
    for (int i = 0; i < exact.length; i++) {
      sum += Math.pow(actual[i] - exact[i], 2);
      all += Math.pow(exact[i], 2);
    }
    return all == 0 ? Math.sqrt(sum) : Math.sqrt(sum / all);
  }
}
