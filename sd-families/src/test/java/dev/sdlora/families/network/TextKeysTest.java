package dev.sdlora.families.network;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.sdlora.tensorkit.RandomWeights;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests that a U-Net with cached keys and values of texts predicts the same bits, whatever the
 * text.
 */
class TextKeysTest {
  @TempDir private Path folder;

  static Stream<UNetConfig> configs() {
    return UNetWeightsTest.configs();
  }

  @ParameterizedTest
  @MethodSource("configs")
  void predict_remembering_isTheSameBits(UNetConfig config) {
    try (Torch torch = Torch.open("cpu");
        NDManager picture = torch.scope();
        LiveWeights weights =
            new RandomWeights(config.weights(), 5).load(torch, folder.resolve("unet"))) {
      UNet unet = new UNet(torch, config, weights);
      UNet remembering = unet.remembering(new TextKeys(picture));
      // More texts than the cache holds; some are repeated, with other numbers of rows.
      for (int text : new int[] {0, 1, 0, 2, 3, 4, 5, 0, 5}) {
        for (int rows = 1; rows <= 2; rows++) {
          assertThat(predict(remembering, rows, text)).isEqualTo(predict(unet, rows, text));
        }
      }
    }
  }

  private static float[] predict(UNet unet, int rows, int text) {
    UNetConfig config = unet.config();
    Random random = new Random(text);
    try (Torch torch = Torch.open("cpu");
        NDManager scope = torch.scope()) {
      return unet.predict(
              new UNet.Input(
                  Torch.floats(
                      scope,
                      RandomWeights.normal(random, rows * config.inChannels() * 16),
                      rows,
                      config.inChannels(),
                      4,
                      4),
                  Torch.floats(scope, RandomWeights.normal(random, rows), rows),
                  Torch.floats(
                      scope,
                      RandomWeights.normal(random, rows * 5 * config.contextWidth()),
                      rows,
                      5,
                      config.contextWidth()),
                  new AddedConditions(
                      Torch.floats(
                          scope,
                          RandomWeights.normal(random, rows * config.vectorWidth()),
                          rows,
                          config.vectorWidth()),
                      Torch.floats(
                          scope,
                          RandomWeights.normal(random, rows * config.guidanceWidth()),
                          rows,
                          config.guidanceWidth())),
                  Residuals.NONE),
              scope)
          .toFloatArray();
    }
  }
}
