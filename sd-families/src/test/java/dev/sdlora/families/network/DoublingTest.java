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
import dev.sdlora.tensors.weights.LowRank;
import dev.sdlora.tensors.weights.Packer;
import dev.sdlora.tensors.weights.Packing;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests the convolution of an enlarged image, which with packed weights is a transposed convolution
 * of the small image, against the plain one, at all sizes and edges, and with LoRAs.
 */
class DoublingTest {
  private static final int IN = 12;
  private static final int OUT = 20;
  private static final double CLOSE = 2e-6;

  @TempDir private Path folder;
  private final Random random = new Random(7);
  private Torch torch;
  private Program plainProgram;
  private Program packedProgram;

  @BeforeEach
  void open() {
    torch = Torch.open("cpu");
    assumeTrue(
        Packer.isSupported(torch, ScalarType.FLOAT32),
        "needs oneDNN, which libtorch for Apple's processors lacks");
    List<Program.Source> methods =
        Program.Source.beside(DoublingTest.class, "doubling.torchscript.py");
    plainProgram = Program.load(torch, methods, functions("products.torchscript.py"));
    packedProgram = Program.load(torch, methods, functions("packed_products.torchscript.py"));
  }

  private static List<Program.Source> functions(String products) {
    return Program.Source.beside(
        UNet.class, products, "layers.torchscript.py", "weight.torchscript.py");
  }

  @AfterEach
  void close() {
    torch.close();
  }

  /** Sides of the result are twice those of the input, or one less. */
  @Test
  void anySizeAndEdges_isThePlainTwin() {
    RandomWeights numbers = new RandomWeights(withLora(), 3);
    try (LiveWeights plain = load(numbers, ScalarType.FLOAT32, false);
        LiveWeights packed = load(numbers, ScalarType.FLOAT32, true);
        TensorDict plainAlone = alone(plain);
        TensorDict packedAlone = alone(packed)) {
      for (int wrap = 0; wrap < 4; wrap++) {
        for (int i = 0; i < 20; i++) {
          int rows = 1 + random.nextInt(7);
          int columns = 1 + random.nextInt(7);
          int height = 2 * rows - (rows > 1 && random.nextInt(3) == 0 ? 1 : 0);
          int width = 2 * columns - (columns > 1 && random.nextInt(3) == 0 ? 1 : 0);
          Call call = new Call(i, rows, columns, height, width, wrap);
          assertCloseToScale(
              run(packedProgram, packedAlone, call), run(plainProgram, plainAlone, call), CLOSE);
          assertCloseToScale(
              run(packedProgram, packed.dict(), call),
              run(plainProgram, plain.dict(), call),
              CLOSE);
        }
      }
    }
  }

  /** A patch changes both forms; restoring it gives the original bits. */
  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "BFLOAT16"})
  void patchAndRestore_changeBothForms(ScalarType type) {
    assumeTrue(
        Packer.isSupported(torch, type),
        "needs oneDNN's bfloat16, which needs a processor with AVX-512");
    RandomWeights numbers = new RandomWeights(weights(), 3);
    double close = type == ScalarType.FLOAT32 ? CLOSE : 0.02;
    try (LiveWeights plain = load(numbers, type, false);
        LiveWeights packed = load(numbers, type, true);
        NDManager scope = torch.scope()) {
      Call even = new Call(1, 5, 4, 10, 8, 0);
      Call odd = new Call(1, 5, 4, 9, 8, 0);
      float[] before = run(packedProgram, packed.dict(), even);
      float[] beforeOdd = run(packedProgram, packed.dict(), odd);
      LowRank change =
          new LowRank(
              Torch.floats(scope, floats(random, OUT * 2), OUT, 2),
              Torch.floats(scope, floats(random, 2 * IN * 9), 2, IN * 9),
              0.1);
      for (LiveWeights each : List.of(plain, packed)) {
        try (LiveWeights.Writer writer = each.writer()) {
          writer.patch(Map.of("up.weight", List.of(change)));
        }
      }
      assertThat(run(packedProgram, packed.dict(), even)).isNotEqualTo(before);
      for (Call call : List.of(even, odd)) {
        assertCloseToScale(
            run(packedProgram, packed.dict(), call), run(plainProgram, plain.dict(), call), close);
      }
      try (LiveWeights.Writer writer = packed.writer()) {
        writer.restore(List.of("up.weight"));
      }
      assertThat(run(packedProgram, packed.dict(), even)).isEqualTo(before);
      assertThat(run(packedProgram, packed.dict(), odd)).isEqualTo(beforeOdd);
    }
  }

  private record Call(long seed, int rows, int columns, int height, int width, int wrap) {}

  private float[] run(Program program, TensorDict weights, Call call) {
    try (NDManager scope = torch.scope()) {
      float[] values = floats(new Random(call.seed()), 2 * IN * call.rows() * call.columns());
      NDArray x = Torch.floats(scope, values, 2, IN, call.rows(), call.columns());
      return program
          .call("enlarged")
          .tensor(x)
          .tensors(weights)
          .integer(call.height())
          .integer(call.width())
          .integer(call.wrap())
          .run(scope)
          .toFloatArray();
    }
  }

  private static Map<String, List<Long>> weights() {
    return Map.of(
        "up.weight", List.of((long) OUT, (long) IN, 3L, 3L), "up.bias", List.of((long) OUT));
  }

  /** A LoRA in the form used by overlays. */
  private static Map<String, List<Long>> withLora() {
    Map<String, List<Long>> all = new LinkedHashMap<>(weights());
    all.put("up.lora_down.weight", List.of(2L, (long) IN, 3L, 3L));
    all.put("up.lora_up.weight", List.of((long) OUT, 2L, 1L, 1L));
    all.put("up.lora_scale", List.of(1L));
    return all;
  }

  private static TensorDict alone(LiveWeights weights) {
    Map<String, NDArray> alone = new LinkedHashMap<>(weights.entries());
    alone.keySet().removeIf(name -> name.contains(".lora_"));
    return TensorDict.of(alone);
  }

  private LiveWeights load(RandomWeights numbers, ScalarType type, boolean packed) {
    Map<String, Packing> packings =
        packed ? Map.of("up.weight", new Packing.Doubling(2, 4)) : Map.of();
    return numbers.load(torch, folder.resolve(type + "-" + packed), type, packings);
  }

  private static float[] floats(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
