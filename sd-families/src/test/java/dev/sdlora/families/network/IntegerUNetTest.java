package dev.sdlora.families.network;

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
import dev.sdlora.tensors.weights.LowRank;
import dev.sdlora.tensors.weights.Packer;
import dev.sdlora.tensors.weights.Packing;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares U-Nets that multiply in integers with float32. */
class IntegerUNetTest {
  private static final int RANK = 2;

  /** Weights and activations of 8 bits in each layer of a small random network. */
  private static final double NEAR = 0.1;

  @TempDir private Path folder;

  static Stream<UNetConfig> configs() {
    return UNetWeightsTest.configs();
  }

  @BeforeEach
  void requireIntegers() {
    try (Torch torch = Torch.open("cpu")) {
      assumeTrue(
          Packer.hasIntegers(torch, ScalarType.FLOAT32),
          "needs a processor that multiplies 8-bit integers");
    }
  }

  @ParameterizedTest
  @MethodSource("configs")
  void predict_isNearFloat32(UNetConfig config) {
    RandomWeights random = new RandomWeights(config.weights(), 5);
    try (Torch torch = Torch.open("cpu");
        LiveWeights plain = random.load(torch, folder.resolve("plain"), ScalarType.FLOAT32);
        LiveWeights rounded = rounded(random, config, torch, ScalarType.FLOAT32)) {
      UNet exact = new UNet(torch, config, plain);
      UNet near = new UNet(torch, config, rounded);
      assertThat(error(near, exact, 2, 8, 8)).isBetween(1e-4, NEAR);
      assertThat(error(near, exact, 1, 9, 5)).isBetween(1e-4, NEAR);
      assertThat(error(near.tiling(Tiling.BOTH), exact.tiling(Tiling.BOTH), 1, 6, 4))
          .isBetween(1e-4, NEAR);
    }
  }

  @Test
  void predict_bfloat16_isNearFloat32() {
    UNetConfig config = configs().findFirst().orElseThrow();
    RandomWeights random = new RandomWeights(config.weights(), 5);
    try (Torch torch = Torch.open("cpu");
        LiveWeights plain = random.load(torch, folder.resolve("plain"), ScalarType.FLOAT32);
        LiveWeights rounded = rounded(random, config, torch, ScalarType.BFLOAT16)) {
      assumeTrue(Packer.hasIntegers(torch, ScalarType.BFLOAT16));
      assertThat(error(new UNet(torch, config, rounded), new UNet(torch, config, plain), 2, 16, 16))
          .isLessThan(NEAR);
    }
  }

  /** A LoRA next to the weights is as exact as without rounding. */
  @Test
  void predict_withALora_addsTheChangeOfFloat32() {
    UNetConfig config = configs().findFirst().orElseThrow();
    RandomWeights random = new RandomWeights(config.weights(), 5);
    try (Torch torch = Torch.open("cpu");
        NDManager scope = torch.scope();
        LiveWeights rounded = rounded(random, config, torch, ScalarType.FLOAT32);
        LiveWeights.Writer writer = rounded.writer()) {
      Map<String, NDArray> overlaid = new LinkedHashMap<>(rounded.entries());
      Map<String, List<LowRank>> changes = new LinkedHashMap<>();
      Random values = new Random(6);
      config
          .weights()
          .forEach(
              (name, shape) -> {
                if (shape.size() == 2 && name.contains(".attentions.")) {
                  NDArray up = tensor(values, scope, shape.get(0), RANK).mul(0.1f);
                  NDArray down = tensor(values, scope, RANK, shape.get(1)).mul(0.1f);
                  String module = name.substring(0, name.length() - "weight".length());
                  overlaid.put(module + "lora_up.weight", up);
                  overlaid.put(module + "lora_down.weight", down);
                  overlaid.put(module + "lora_scale", Torch.floats(scope, new float[] {1}, 1));
                  changes.put(name, List.of(new LowRank(up, down, 1)));
                }
              });
      UNet unet = new UNet(torch, config, rounded);
      float[] without = predict(unet, 2, 8, 8);
      try (TensorDict dict = TensorDict.of(overlaid)) {
        float[] with = predict(unet.reading(() -> dict), 2, 8, 8);
        writer.patch(changes);
        float[] patched = predict(unet, 2, 8, 8);
        assertThat(distance(with, patched)).isLessThan(NEAR).isLessThan(distance(with, without));
      }
      writer.restore(changes.keySet());
      assertThat(predict(unet, 2, 8, 8)).isEqualTo(without);
    }
  }

  private LiveWeights rounded(
      RandomWeights random, UNetConfig config, Torch torch, ScalarType type) {
    Map<String, Packing> packings = IntegerPacking.of(UNetPacking.of(config), config.weights(), 1);
    return random.load(torch, folder.resolve("rounded"), type, packings);
  }

  private static double error(UNet near, UNet exact, int rows, int height, int width) {
    return distance(predict(near, rows, height, width), predict(exact, rows, height, width));
  }

  /** Returns the norm of the difference over the norm of the second. */
  private static double distance(float[] some, float[] others) {
    double sum = 0;
    double norm = 0;
    for (int i = 0; i < some.length; i++) {
      sum += (some[i] - others[i]) * (double) (some[i] - others[i]);
      norm += others[i] * (double) others[i];
    }
    return Math.sqrt(sum / norm);
  }

  private static float[] predict(UNet unet, int rows, int height, int width) {
    UNetConfig config = unet.config();
    Random random = new Random(7);
    try (Torch torch = Torch.open("cpu");
        NDManager scope = torch.scope()) {
      NDArray latents = tensor(random, scope, rows, config.inChannels(), height, width);
      NDArray context = tensor(random, scope, rows, 5, config.contextWidth());
      NDArray times = tensor(random, scope, rows).abs().mul(100);
      AddedConditions added =
          new AddedConditions(
              tensor(random, scope, rows, config.vectorWidth()),
              tensor(random, scope, rows, config.guidanceWidth()));
      return unet.predict(new UNet.Input(latents, times, context, added, Residuals.NONE), scope)
          .toFloatArray();
    }
  }

  private static NDArray tensor(Random random, NDManager scope, long... shape) {
    int count = Math.toIntExact(LongStream.of(shape).reduce(1, Math::multiplyExact));
    return Torch.floats(scope, RandomWeights.normal(random, count), shape);
  }
}
