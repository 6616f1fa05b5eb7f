package dev.sdlora.tensors.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.natives.Processor;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests weights that are rounded to 8-bit integers: their values, patches, names and size. */
class IntegersTest {
  private static final List<Long> MATRIX = List.of(64L, 48L);
  private static final List<Long> KERNEL = List.of(32L, 16L, 3L, 3L);
  private static final int COUNT = 64 * 48;

  /** A weight differs by half a step at most; a step is the largest one of its row over 127. */
  private static final double HALF_STEP = 0.5001 / 127;

  private static final Map<String, Packing> PACKINGS =
      Map.of(
          "a.weight", new Packing.Integers(new Packing.Linear(16)),
          "b.weight", new Packing.Integers(new Packing.Gated(16)),
          "c.weight", new Packing.Integers(new Packing.Stacked(16, List.of(16L, 48L))),
          "d.weight", new Packing.Integers(new Packing.Adjacent(16, List.of(16L, 32L))),
          "e.weight", new Packing.Integers(new Packing.Convolution(1, 1, 1, 8)));

  @TempDir private Path folder;

  @BeforeEach
  void requireIntegers() {
    try (Torch torch = Torch.open("cpu")) {
      assumeTrue(
          Packer.hasIntegers(torch, ScalarType.FLOAT32),
          "needs a processor that multiplies 8-bit integers");
    }
  }

  @Test
  void hasIntegers_needsInstructions() {
    assertThat(Processor.hasIntegers()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      value = ScalarType.class,
      names = {"FLOAT32", "BFLOAT16"})
  void values_differByHalfAStepAtMost(ScalarType type) {
    Map<String, float[]> written = written();
    try (Torch torch = Torch.open("cpu");
        LiveWeights weights = load(torch, written, type)) {
      assertThat(weights.isRounded()).isTrue();
      written.forEach(
          (name, values) -> {
            // Adjacent parts have scales of their own, which are not larger.
            int width = name.startsWith("e") ? 16 * 9 : 48;
            float[] actual = weights.values(name);
            for (int row = 0; row < values.length / width; row++) {
              double largest = 0;
              for (int i = row * width; i < (row + 1) * width; i++) {
                largest = Math.max(largest, Math.abs(values[i]));
              }
              double rounding = type == ScalarType.BFLOAT16 ? largest / 256 : 0;
              for (int i = row * width; i < (row + 1) * width; i++) {
                assertThat(Math.abs((double) actual[i] - values[i]))
                    .isLessThanOrEqualTo(largest * HALF_STEP + rounding);
              }
            }
          });
    }
  }

  @Test
  void entries_haveAScaleForEachOutputOfEachPart() {
    try (Torch torch = Torch.open("cpu");
        LiveWeights weights = load(torch, written(), ScalarType.FLOAT32)) {
      Map<String, NDArray> entries = weights.entries();
      assertThat(entries.keySet())
          .contains("a.weight", "a.weight_scale", "b.gate.weight", "b.gate.weight_scale")
          .contains("c.1.weight", "c.1.weight_scale", "d.1.weight_scale", "e.weight_scale");
      assertThat(entries)
          .hasEntrySatisfying("c.1.weight_scale", scales -> assertThat(scales.size()).isEqualTo(48))
          .hasEntrySatisfying(
              "d.1.weight_scale", scales -> assertThat(scales.size()).isEqualTo(64));
      assertThat(weights.bytes()).isEqualTo(4L * COUNT + 32 * 16 * 9);
      long elements = weights.values("a.weight").length;
      assertThat(weights.patchedBytes(List.of("a.weight"))).isEqualTo(3 * elements);
    }
  }

  @Test
  void patch_aRoundedWeight_isExactUntilItIsRestored() {
    try (Torch torch = Torch.open("cpu");
        NDManager scope = torch.scope()) {
      Map<String, float[]> written = written();
      try (LiveWeights weights = load(torch, written, ScalarType.FLOAT32);
          LiveWeights.Writer writer = weights.writer()) {
        for (String name : written.keySet()) {
          float[] before = weights.values(name);
          float[] original = written.getOrDefault(name, new float[0]);
          float[] delta = normal(new Random(3), original.length);
          long[] sides = shape(name).stream().mapToLong(Long::longValue).toArray();
          writer.patch(name, Torch.floats(scope, delta, sides));
          float[] expected = original.clone();
          for (int i = 0; i < expected.length; i++) {
            expected[i] += delta[i];
          }
          assertThat(weights.values(name)).isEqualTo(expected);
          writer.restore(List.of(name));
          assertThat(weights.values(name)).isEqualTo(before);
        }
      }
    }
  }

  @Test
  void integers_ofALayoutWithoutProducts_areRefused() {
    assertThatThrownBy(() -> new Packing.Integers(new Packing.Doubling(1, 8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("there are no integer products for Doubling");
  }

  private static Map<String, float[]> written() {
    Random random = new Random(1);
    Map<String, float[]> values = new LinkedHashMap<>();
    for (String name : List.of("a", "b", "c", "d")) {
      values.put(name + ".weight", normal(random, COUNT));
    }
    values.put("e.weight", normal(random, 32 * 16 * 9));
    return values;
  }

  private static float[] normal(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private LiveWeights load(Torch torch, Map<String, float[]> values, ScalarType type) {
    SafetensorsWriter writer = new SafetensorsWriter();
    values.forEach((name, numbers) -> writer.tensor(name, shape(name), numbers, DType.F32));
    Path path = folder.resolve("weights.safetensors");
    writer.write(path);
    TensorFile file = TensorFile.open(path);
    Map<String, Origin> origins = new LinkedHashMap<>();
    values
        .keySet()
        .forEach(
            name ->
                origins.put(name, new Origin(file, file.find(name).orElseThrow(), shape(name))));
    return LiveWeights.load(torch, new TensorLoader(torch), origins, type, PACKINGS);
  }

  private static List<Long> shape(String name) {
    return name.startsWith("e") ? KERNEL : MATRIX;
  }
}
