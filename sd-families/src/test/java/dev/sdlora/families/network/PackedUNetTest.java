package dev.sdlora.families.network;

import static dev.sdlora.testkit.CloseAssert.assertCloseToScale;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.tensorkit.RandomWeights;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Packer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests that a U-Net with packed weights predicts the same as with plain ones: at sizes that the
 * weights were not packed for, including odd sizes and single positions, with tiling, and with a
 * LoRA at every layer.
 */
class PackedUNetTest {
  private static final long RANK = 3;
  private static final double CLOSE = 2e-5;

  @TempDir private Path folder;

  /** Has 96 channels, which are not a multiple of the block size 64. */
  private static final UNetConfig UNEVEN =
      new UNetConfig(4, 4, List.of(32, 96), 1, List.of(1, 0), 1, 8, 24, false);

  static Stream<UNetConfig> configs() {
    return Stream.concat(UNetWeightsTest.configs(), Stream.of(UNEVEN));
  }

  /** Each image size would split them into other blocks. */
  @Test
  void of_kernelsWithUnevenOutputs_areNotPacked() {
    Set<String> packed = UNetPacking.of(UNEVEN).keySet();
    assertThat(packed)
        .contains("conv_in.weight", "mid_block.attentions.0.proj_in.weight")
        .contains("down_blocks.0.resnets.0.conv1.weight")
        .doesNotContain("down_blocks.1.resnets.0.conv1.weight");
  }

  @ParameterizedTest
  @MethodSource("configs")
  void predict_float32_isThePlainTwin(UNetConfig config) {
    try (Torch torch = Torch.open("cpu")) {
      assumeTrue(
          Packer.isSupported(torch, ScalarType.FLOAT32),
          "needs oneDNN, which libtorch for Apple's processors lacks");
      RandomWeights weights = new RandomWeights(withLora(config.weights()), 5);
      try (LiveWeights plain = weights.load(torch, folder.resolve("plain"), ScalarType.FLOAT32);
          LiveWeights packed = packed(weights, config, torch, ScalarType.FLOAT32);
          TensorDict plainAlone = TensorDict.of(alone(plain));
          TensorDict packedAlone = TensorDict.of(alone(packed))) {
        UNet expectedLora = new UNet(torch, config, plain);
        UNet actualLora = new UNet(torch, config, packed);
        assertSame(expectedLora, actualLora, 2, 8, 8, CLOSE);
        assertSame(expectedLora, actualLora, 1, 8, 4, CLOSE);
        UNet expected = expectedLora.reading(() -> plainAlone);
        UNet actual = actualLora.reading(() -> packedAlone);
        assertSame(expected, actual, 2, 8, 8, CLOSE);
        assertSame(expected, actual, 1, 9, 5, CLOSE);
        assertSame(expected.tiling(Tiling.BOTH), actual.tiling(Tiling.BOTH), 1, 6, 4, CLOSE);
        // A norm group has only one or two values here, and normalising amplifies their small
        // difference.
        assertSame(expected, actual, 3, 1, 1, 50 * CLOSE);
      }
    }
  }

  /**
   * Eight bits are too few for a direct comparison in so small a network, so both are compared with
   * float32.
   */
  @Tag("slow")
  @ParameterizedTest
  @MethodSource("configs")
  void predict_bfloat16_isAsGoodAsThePlainTwin(UNetConfig config) {
    try (Torch torch = Torch.open("cpu")) {
      assumeTrue(
          Packer.isSupported(torch, ScalarType.BFLOAT16),
          "needs oneDNN's bfloat16, which needs a processor with AVX-512");
      RandomWeights weights = new RandomWeights(withLora(config.weights()), 5);
      try (LiveWeights wide = weights.load(torch, folder.resolve("wide"), ScalarType.FLOAT32);
          LiveWeights plain = weights.load(torch, folder.resolve("plain"), ScalarType.BFLOAT16);
          LiveWeights packed = packed(weights, config, torch, ScalarType.BFLOAT16)) {
        float[] exact = predict(new UNet(torch, config, wide), 2, 16, 16, 1);
        double plainError = distance(predict(new UNet(torch, config, plain), 2, 16, 16, 1), exact);
        double error = distance(predict(new UNet(torch, config, packed), 2, 16, 16, 1), exact);
        assertThat(error).isLessThan(1.5 * plainError);
      }
    }
  }

  /** Guidance multiplies the rounding of predictions. In bfloat16, the low 16 bits would be 0. */
  @Test
  void predict_bfloat16_isNotRoundedAtTheEnd() {
    UNetConfig config = configs().findFirst().orElseThrow();
    try (Torch torch = Torch.open("cpu")) {
      assumeTrue(
          Packer.isSupported(torch, ScalarType.BFLOAT16),
          "needs oneDNN's bfloat16, which needs a processor with AVX-512");
      RandomWeights weights = new RandomWeights(withLora(config.weights()), 5);
      try (LiveWeights plain = weights.load(torch, folder.resolve("plain"), ScalarType.BFLOAT16);
          LiveWeights packed = packed(weights, config, torch, ScalarType.BFLOAT16)) {
        for (LiveWeights each : List.of(plain, packed)) {
          int rounded = 0;
          float[] predicted = predict(new UNet(torch, config, each), 2, 16, 16, 1);
          for (float value : predicted) {
            rounded += (Float.floatToRawIntBits(value) & 0xffff) == 0 ? 1 : 0;
          }
          assertThat(rounded).isLessThan(predicted.length / 100);
        }
      }
    }
  }

  private LiveWeights packed(
      RandomWeights weights, UNetConfig config, Torch torch, ScalarType type) {
    return weights.load(torch, folder.resolve("packed"), type, UNetPacking.of(config));
  }

  /** Returns the root mean square of the differences. */
  private static double distance(float[] some, float[] others) {
    double sum = 0;
    for (int i = 0; i < some.length; i++) {
      sum += (some[i] - others[i]) * (double) (some[i] - others[i]);
    }
    return Math.sqrt(sum / some.length);
  }

  /** Adds a LoRA at each layer. */
  private static Map<String, List<Long>> withLora(Map<String, List<Long>> weights) {
    Map<String, List<Long>> all = new LinkedHashMap<>(weights);
    weights.forEach(
        (name, shape) -> {
          if (shape.size() > 1) {
            String module = name.substring(0, name.length() - ".weight".length());
            List<Long> down = new ArrayList<>(shape);
            down.set(0, RANK);
            List<Long> up = new ArrayList<>(Collections.nCopies(shape.size(), 1L));
            up.set(1, RANK);
            all.put(module + ".lora_scale", List.copyOf(up));
            up.set(0, shape.get(0));
            all.put(module + ".lora_down.weight", down);
            all.put(module + ".lora_up.weight", up);
          }
        });
    return all;
  }

  private static Map<String, NDArray> alone(LiveWeights weights) {
    Map<String, NDArray> alone = new LinkedHashMap<>(weights.entries());
    alone.keySet().removeIf(name -> name.contains(".lora_"));
    return alone;
  }

  private static void assertSame(
      UNet expected, UNet actual, int rows, int height, int width, double tolerance) {
    for (int seed = 0; seed < 2; seed++) {
      assertCloseToScale(
          predict(actual, rows, height, width, seed),
          predict(expected, rows, height, width, seed),
          tolerance);
    }
  }

  private static float[] predict(UNet unet, int rows, int height, int width, long seed) {
    UNetConfig config = unet.config();
    Random random = new Random(seed);
    try (Torch torch = Torch.open("cpu");
        NDManager scope = torch.scope()) {
      NDArray latents = tensor(random, scope, rows, config.inChannels(), height, width);
      NDArray context = tensor(random, scope, rows, 5, config.contextWidth());
      NDArray times = Torch.floats(scope, floats(random, 100, rows), rows);
      AddedConditions added =
          new AddedConditions(
              tensor(random, scope, rows, config.vectorWidth()),
              tensor(random, scope, rows, config.guidanceWidth()));
      UNet.Input input = new UNet.Input(latents, times, context, added, Residuals.NONE);
      return unet.predict(input, scope).toFloatArray();
    }
  }

  private static NDArray tensor(Random random, NDManager scope, long... shape) {
    int count = Math.toIntExact(LongStream.of(shape).reduce(1, Math::multiplyExact));
    return Torch.floats(scope, floats(random, 1, count), shape);
  }

  private static float[] floats(Random random, double scale, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (scale * random.nextGaussian());
    }
    return values;
  }
}
