package dev.sdlora.families.network;

import static dev.sdlora.testkit.CloseAssert.assertCloseToScale;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensorkit.RandomWeights;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Packer;
import dev.sdlora.tensors.weights.Packing;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares integer products with plain ones of the same rounded values. */
class IntegerProductsTest {
  private static final double CLOSE = 1e-5;
  private static final Map<String, List<Long>> SHAPES =
      Map.of(
          "matrix.weight", List.of(80L, 48L),
          "matrix.bias", List.of(80L),
          "kernel.weight", List.of(40L, 16L, 3L, 3L),
          "kernel.bias", List.of(40L));
  private static final Map<String, Packing> PACKINGS =
      Map.of(
          "matrix.weight", new Packing.Integers(new Packing.Linear(32)),
          "kernel.weight", new Packing.Integers(new Packing.Convolution(1, 1, 2, 8)));

  @TempDir private Path folder;

  private Torch torch;
  private Program program;
  private LiveWeights weights;
  private NDManager scope;

  @BeforeEach
  void load() {
    torch = Torch.open("cpu");
    scope = torch.scope();
    assumeTrue(
        Packer.hasIntegers(torch, ScalarType.FLOAT32),
        "needs a processor that multiplies 8-bit integers");
    weights =
        new RandomWeights(SHAPES, 1)
            .load(torch, folder.resolve("weights"), ScalarType.FLOAT32, PACKINGS);
    List<Program.Source> functions =
        Program.Source.beside(UNet.class, "int8_products.torchscript.py", "layers.torchscript.py");
    program =
        Program.load(
            torch,
            Program.Source.beside(
                IntegerProductsTest.class, "integer_products_test.torchscript.py"),
            functions);
  }

  @AfterEach
  void close() {
    torch.close();
  }

  @Test
  void linear_isTheProductOfTheRoundedValues() {
    NDArray x = normal(2, 2, 20, 48);
    assertCloseToScale(linear(x, weights.dict()), plainLinear(x), CLOSE);
  }

  /** Rounding is by oneDNN for both, so it is checked by itself. */
  @Test
  void quantised_differsByHalfAStepAtMost() {
    NDArray x = normal(3, 7, 48);
    float[] exact = x.toFloatArray();
    float[] actual = program.call("rounded").tensor(x).run(scope).toFloatArray();
    float step = (x.max().getFloat() - x.min().getFloat()) / 255;
    for (int i = 0; i < exact.length; i++) {
      assertThat(Math.abs(actual[i] - exact[i])).isLessThan(0.501f * step);
    }
  }

  /** Large tensors are rounded block by block. */
  @Test
  void quantised_largeTensors_areRoundedAlike() {
    NDArray row = normal(4, 1, 48);
    NDArray rows = row.tile(new long[] {200_000, 1});
    float[] once = program.call("rounded").tensor(row).run(scope).toFloatArray();
    float[] all = program.call("rounded").tensor(rows).run(scope).toFloatArray();
    for (int i = 0; i < all.length; i += 9_999) {
      assertThat(all[i]).isEqualTo(once[i % 48]);
    }
  }

  @Test
  void linearSum_addsTheProduct() {
    NDArray x = normal(5, 20, 48);
    NDArray sum = normal(6, 20, 80);
    float[] actual =
        program
            .call("linear_sum")
            .tensor(sum)
            .tensor(x)
            .tensors(weights.dict())
            .text("matrix")
            .run(scope)
            .toFloatArray();
    float[] expected = plainLinear(x);
    float[] added = sum.toFloatArray();
    for (int i = 0; i < expected.length; i++) {
      expected[i] += added[i];
    }
    assertCloseToScale(actual, expected, CLOSE);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void conv_isTheConvolutionOfTheRoundedValues(int stride) {
    NDArray x = normal(7, 2, 16, 9, 7);
    float[] actual =
        program
            .call("conv")
            .tensor(x)
            .tensors(weights.dict())
            .text("kernel")
            .integer(stride)
            .run(scope)
            .toFloatArray();
    float[] expected =
        program
            .call("plain_conv")
            .tensor(x)
            .tensor(value("kernel.weight"))
            .tensor(value("kernel.bias"))
            .integer(stride)
            .run(scope)
            .toFloatArray();
    assertCloseToScale(actual, expected, CLOSE);
  }

  @Test
  void linear_withALora_addsItsChangeUnrounded() {
    NDArray x = normal(8, 20, 48);
    NDArray down = normal(9, 2, 48);
    NDArray up = normal(10, 80, 2);
    Map<String, NDArray> overlaid = new LinkedHashMap<>(weights.entries());
    overlaid.put("matrix.lora_down.weight", down);
    overlaid.put("matrix.lora_up.weight", up);
    overlaid.put("matrix.lora_scale", Torch.floats(scope, new float[] {0.5f}, 1));
    float[] expected = linear(x, weights.dict());
    float[] change = x.matMul(down.transpose()).matMul(up.transpose()).mul(0.5f).toFloatArray();
    for (int i = 0; i < expected.length; i++) {
      expected[i] += change[i];
    }
    try (TensorDict dict = TensorDict.of(overlaid)) {
      assertCloseToScale(linear(x, dict), expected, CLOSE);
    }
  }

  /** Otherwise a broken image would look like a dark one. */
  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  void linear_ofNanOrInfinity_isNan(float broken) {
    float[] values = normal(11, 4, 48).toFloatArray();
    values[50] = broken;
    assertThat(linear(Torch.floats(scope, values, 4, 48), weights.dict())).contains(Float.NaN);
  }

  @Test
  void linear_ofZeros_isTheBias() {
    float[] actual = linear(Torch.floats(scope, new float[48], 1, 48), weights.dict());
    assertThat(actual).isEqualTo(weights.values("matrix.bias"));
  }

  private float[] linear(NDArray x, TensorDict dict) {
    return program.call("linear").tensor(x).tensors(dict).text("matrix").run(scope).toFloatArray();
  }

  private float[] plainLinear(NDArray x) {
    return program
        .call("plain_linear")
        .tensor(x)
        .tensor(value("matrix.weight"))
        .tensor(value("matrix.bias"))
        .run(scope)
        .toFloatArray();
  }

  private NDArray value(String name) {
    List<Long> shape = SHAPES.getOrDefault(name, List.of());
    return Torch.floats(
        scope, weights.values(name), shape.stream().mapToLong(Long::longValue).toArray());
  }

  private NDArray normal(long seed, long... shape) {
    int count = Math.toIntExact(LongStream.of(shape).reduce(1, Math::multiplyExact));
    return Torch.floats(scope, RandomWeights.normal(new Random(seed), count), shape);
  }
}
