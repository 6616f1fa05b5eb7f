package dev.sdlora.lora.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.LowRank;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.Packer;
import dev.sdlora.tensors.weights.Packing;
import dev.sdlora.tensors.weights.TensorLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Weights in the layout of the kernels contain the same bits as plain ones, whatever was done to
 * them before. Some of the sizes are not multiples of the layouts' blocks.
 */
class PackedWeightsTest {
  private static final Map<String, List<Long>> SHAPES = new LinkedHashMap<>();
  private static final Map<String, Packing> PACKINGS = new LinkedHashMap<>();

  static {
    weight("q.weight", new Packing.Linear(32), 24, 40);
    weight("odd.weight", new Packing.Linear(154), 7, 5);
    weight("point.weight", new Packing.Linear(32), 24, 16, 1, 1);
    weight("ff.net.0.proj.weight", new Packing.Gated(32), 70, 9);
    weight("qkv.weight", new Packing.Stacked(32, List.of(24L, 7L, 12L)), 43, 11);
    weight("out.weight", new Packing.Adjacent(32, List.of(24L, 7L, 12L)), 11, 43);
    weight("conv.weight", new Packing.Convolution(1, 1, 2, 8), 20, 12, 3, 3);
    weight("down.weight", new Packing.Convolution(2, 1, 2, 8), 33, 33, 3, 3);
    weight("up.weight", new Packing.Doubling(2, 4), 20, 12, 3, 3);
    SHAPES.put("q.bias", List.of(24L));
  }

  @TempDir private Path folder;
  private final Random random = new Random(5);
  private Path file;

  private static void weight(String name, Packing packing, long... shape) {
    SHAPES.put(name, Arrays.stream(shape).boxed().toList());
    PACKINGS.put(name, packing);
  }

  @BeforeEach
  void requireLayouts() {
    try (Torch torch = Torch.open("cpu")) {
      assumeTrue(
          Packer.isSupported(torch, ScalarType.FLOAT32),
          "needs oneDNN, which libtorch for Apple's processors lacks");
    }
    file = folder.resolve("model.safetensors");
  }

  @ParameterizedTest
  @CsvSource({"FLOAT32, F16", "FLOAT32, F32", "BFLOAT16, F16", "BFLOAT16, BF16"})
  void anyHistory_leavesTheBitsOfThePlainTwin(ScalarType type, DType stored) {
    write(stored);
    try (Torch torch = Torch.open("cpu")) {
      assumeTrue(
          Packer.isSupported(torch, type),
          "needs oneDNN's bfloat16, which needs a processor with AVX-512");
      assertSameBitsAfterChanges(torch, type);
    }
  }

  private void assertSameBitsAfterChanges(Torch torch, ScalarType type) {
    try (LiveWeights packed = load(torch, type, PACKINGS);
        LiveWeights plain = load(torch, type, Map.of())) {
      assertThat(packed.isPacked()).isTrue();
      assertThat(plain.isPacked()).isFalse();
      assertSame(packed, plain);
      int arrays = torch.liveArrays();
      for (int i = 0; i < 12; i++) {
        change(torch, i, List.of(packed, plain));
        assertSame(packed, plain);
      }
      for (LiveWeights weights : List.of(packed, plain)) {
        try (LiveWeights.Writer writer = weights.writer()) {
          writer.restore(SHAPES.keySet());
        }
      }
      assertThat(packed.patched()).isEmpty();
      assertSame(packed, plain);
      try (LiveWeights fresh = load(torch, type, Map.of())) {
        assertSame(packed, fresh);
      }
      packed.giveBack();
      packed.read();
      assertSame(packed, plain);
      assertThat(torch.liveArrays()).isGreaterThanOrEqualTo(arrays);
    }
  }

  /**
   * Applies the same random change to both: one product, two, a difference, or a restore from the
   * file.
   */
  private void change(Torch torch, int round, List<LiveWeights> both) {
    List<String> names = PACKINGS.keySet().stream().filter(name -> random.nextBoolean()).toList();
    try (Torch scope = torch.child()) {
      Map<String, List<LowRank>> products = new LinkedHashMap<>();
      names.forEach(name -> products.put(name, products(scope, shape(name))));
      List<Long> shape = shape("conv.weight");
      NDArray difference = Torch.floats(scope.manager(), floats(count(shape)), longs(shape));
      for (LiveWeights weights : both) {
        try (LiveWeights.Writer writer = weights.writer()) {
          switch (round % 3) {
            case 0 -> writer.patch(products);
            case 1 -> writer.patch("conv.weight", difference);
            default -> writer.restore(names);
          }
        }
      }
    }
  }

  @Test
  void entries_ofAWeightInParts_areItsParts_ofADoublingOneItsForms() {
    write(DType.F16);
    try (Torch torch = Torch.open("cpu");
        LiveWeights packed = load(torch, ScalarType.FLOAT32, PACKINGS)) {
      Set<String> names = packed.entries().keySet();
      assertThat(names).containsAll(SHAPES.keySet()).contains("ff.net.0.proj.gate.weight");
      assertThat(names).contains("up.doubling.weight", "qkv.1.weight", "qkv.2.weight");
      assertThat(names).contains("out.1.weight", "out.2.weight").hasSize(SHAPES.size() + 6);
      NDArray gate = Objects.requireNonNull(packed.entries().get("ff.net.0.proj.gate.weight"));
      assertThat(gate.getShape().getShape()).containsExactly(35, 9);
      assertThat(packed.bytes()).isEqualTo(4 * (packed.size() + 20 * 12 * 16));
    }
  }

  @Test
  void patch_ofAFileThatChanged_leavesTheWeights() throws IOException {
    write(DType.F16);
    try (Torch torch = Torch.open("cpu");
        LiveWeights packed = load(torch, ScalarType.FLOAT32, PACKINGS)) {
      float[] before = packed.values("q.weight");
      byte[] bytes = Files.readAllBytes(file);
      Files.write(file, new byte[bytes.length / 2]);

      try (LiveWeights.Writer writer = packed.writer();
          Torch scope = torch.child()) {
        Map<String, List<LowRank>> change = Map.of("q.weight", products(scope, shape("q.weight")));
        assertThatThrownBy(() -> writer.patch(change)).isInstanceOf(TensorFileException.class);
      }
      assertThat(packed.values("q.weight")).isEqualTo(before);
    }
  }

  private void write(DType stored) {
    SafetensorsWriter writer = new SafetensorsWriter();
    SHAPES.forEach((name, shape) -> writer.tensor(name, shape, floats(count(shape)), stored));
    writer.write(file);
  }

  private LiveWeights load(Torch torch, ScalarType type, Map<String, Packing> packings) {
    TensorFile open = TensorFile.open(file);
    Map<String, Origin> origins = new LinkedHashMap<>();
    SHAPES.forEach(
        (name, shape) -> {
          TensorEntry entry = open.find(name).orElseThrow();
          origins.put(name, new Origin(open, entry, shape));
        });
    LiveWeights weights =
        LiveWeights.unread(torch, new TensorLoader(torch), origins, type, packings);
    weights.read();
    return weights;
  }

  private List<LowRank> products(Torch scope, List<Long> shape) {
    int rows = Math.toIntExact(shape.get(0));
    int columns = count(shape) / rows;
    LowRank one =
        new LowRank(
            Torch.floats(scope.manager(), floats(rows * 2), rows, 2),
            Torch.floats(scope.manager(), floats(2 * columns), 2, columns),
            0.7);
    return random.nextBoolean() ? List.of(one) : List.of(one, one);
  }

  private static void assertSame(LiveWeights packed, LiveWeights plain) {
    SHAPES
        .keySet()
        .forEach(name -> assertThat(packed.values(name)).as(name).isEqualTo(plain.values(name)));
  }

  private static List<Long> shape(String name) {
    return Objects.requireNonNull(SHAPES.get(name), name);
  }

  private static int count(List<Long> shape) {
    return Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact));
  }

  private static long[] longs(List<Long> shape) {
    return shape.stream().mapToLong(Long::longValue).toArray();
  }

  private float[] floats(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
