package dev.sdlora.families.network;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.tensorkit.RandomWeights;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Packing;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests that cached U-Net features with the same inputs give the same prediction, bit for bit, for
 * any branch and size, with and without residuals.
 */
class KeptFeaturesTest {
  @TempDir private Path folder;

  static Stream<UNetConfig> configs() {
    return UNetWeightsTest.configs();
  }

  @ParameterizedTest
  @MethodSource("configs")
  void predictOutside_ofTheSameQuestion_isTheWholePrediction(UNetConfig config) {
    try (Torch torch = Torch.open("cpu")) {
      RandomWeights weights = new RandomWeights(config.weights(), 5);
      Map<String, Packing> packed = UNetPacking.of(config);
      try (LiveWeights plain = weights.load(torch, folder.resolve("plain"));
          LiveWeights packedWeights =
              weights.load(torch, folder.resolve("packed"), ScalarType.FLOAT32, packed)) {
        for (LiveWeights each : List.of(plain, packedWeights)) {
          UNet unet = new UNet(torch, config, each);
          assertSame(unet, 2, 8, 8, false);
          assertSame(unet, 1, 7, 5, true);
          assertSame(unet.tiling(Tiling.BOTH), 2, 6, 4, true);
          assertSame(unet, 3, 1, 1, false);
        }
      }
    }
  }

  private static void assertSame(UNet unet, int rows, int height, int width, boolean residuals) {
    UNetConfig config = unet.config();
    Random random = new Random(7);
    try (Torch torch = Torch.open("cpu");
        NDManager scope = torch.scope()) {
      NDArray x = tensor(random, scope, rows, config.inChannels(), height, width);
      NDArray t = tensor(random, scope, rows);
      NDArray context = tensor(random, scope, rows, 5, config.contextWidth());
      AddedConditions told =
          new AddedConditions(
              tensor(random, scope, rows, config.vectorWidth()),
              tensor(random, scope, rows, config.guidanceWidth()));
      List<NDArray> blocks = new ArrayList<>();
      List<NDArray> levels = new ArrayList<>();
      if (residuals) {
        for (int network = 0; network < 2; network++) {
          for (int i = 0; i <= config.branches(); i++) {
            // One number for each row, which is broadcast to every output.
            blocks.add(tensor(random, scope, rows, 1, 1, 1));
          }
          for (int i = 0; i <= config.levels(); i++) {
            levels.add(tensor(random, scope, rows, 1, 1, 1));
          }
        }
      }
      Residuals all = new Residuals(blocks, levels);
      UNet.Input input = new UNet.Input(x, t, context, told, all);
      float[] expected = unet.predict(input, scope).toFloatArray();
      for (int branch = 0; branch < config.branches(); branch++) {
        UNet.Keeping whole = unet.predictKeeping(input, branch, scope);
        int outputs = config.branches() + 1;
        int last = branch;
        List<NDArray> outer =
            IntStream.range(0, blocks.size())
                .filter(i -> i % outputs <= last)
                .mapToObj(blocks::get)
                .toList();
        NDArray outside =
            unet.predictOutside(
                input.with(new Residuals(outer, levels)),
                branch,
                List.copyOf(whole.features().split(rows, 0)),
                scope);
        assertThat(whole.predicted().toFloatArray()).isEqualTo(expected);
        assertThat(outside.toFloatArray()).as("branch %s", branch).isEqualTo(expected);
      }
    }
  }

  private static NDArray tensor(Random random, NDManager scope, long... shape) {
    int length = Math.toIntExact(LongStream.of(shape).reduce(1, Math::multiplyExact));
    return Torch.floats(scope, RandomWeights.normal(random, length), shape);
  }
}
