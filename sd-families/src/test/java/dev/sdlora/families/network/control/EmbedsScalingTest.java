package dev.sdlora.families.network.control;

import static dev.sdlora.testkit.CloseAssert.assertCloseToScale;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.image.ImagePrompt.EmbedsScaling;
import dev.sdlora.families.checkpoint.auxiliary.ImageAdapterReader;
import dev.sdlora.families.checkpoint.layout.NetworkFile;
import dev.sdlora.tensorkit.GoldenTensors;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.TensorLoader;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares keys and values to arithmetic in plain Java. */
class EmbedsScalingTest {
  private static final TensorFile FILE =
      TensorFile.open(
          GoldenTensors.folder("/dev/sdlora/families")
              .resolve("imageprompt/ip-adapter-sd1.safetensors"));
  private static final int TOKENS = 3;
  private static final double WEIGHT = 1.7;

  @ParameterizedTest
  @CsvSource({
    "V_ONLY, false, false, false",
    "K_AND_V, true, false, false",
    "K_AND_V_WITH_PENALTY, true, true, false",
    "K_AND_MEAN_V_WITH_PENALTY, true, true, true"
  })
  void keys_everyScaling_equalTheFormula(
      EmbedsScaling scaling, boolean keys, boolean penalty, boolean means) {
    try (Torch torch = Torch.open("cpu");
        NDManager scope = torch.scope()) {
      NetworkFile<ImageAdapterConfig> file = ImageAdapterReader.read(FILE);
      try (LiveWeights weights =
          LiveWeights.load(torch, new TensorLoader(torch), file.weights(), ScalarType.FLOAT32)) {
        ImageAdapterConfig config = file.config();
        double[] factors = new double[config.layers().size()];
        Arrays.fill(factors, WEIGHT);
        float[] tokens = new float[TOKENS * config.textWidth()];
        for (int i = 0; i < tokens.length; i++) {
          tokens[i] = (i * 7 % 13 - 6) / 5f;
        }
        List<NDArray> all =
            new ImageAdapter(torch, config, weights)
                .keys(
                    Torch.floats(scope, tokens, 1, TOKENS, config.textWidth()),
                    factors,
                    scaling,
                    scope);
        assertThat(all).hasSize(2 * factors.length);
        for (int layer = 0; layer < factors.length; layer++) {
          int channels = config.layers().get(layer);
          double weight = penalty ? WEIGHT * channels / 1280 : WEIGHT;
          double[] key = product(tokens, "ip_adapter." + (2 * layer + 1) + ".to_k_ip.weight");
          double[] value = product(tokens, "ip_adapter." + (2 * layer + 1) + ".to_v_ip.weight");
          for (int c = 0; c < channels; c++) {
            double mean = 0;
            for (int t = 0; t < TOKENS; t++) {
              mean += value[t * channels + c] / TOKENS;
            }
            for (int t = 0; t < TOKENS; t++) {
              int at = t * channels + c;
              key[at] *= keys ? weight : 1;
              value[at] = means ? value[at] - mean + mean * weight : value[at] * weight;
            }
          }
          assertCloseToScale(all.get(2 * layer).toFloatArray(), floats(key), 2e-6);
          assertCloseToScale(all.get(2 * layer + 1).toFloatArray(), floats(value), 2e-6);
        }
      }
    }
  }

  private static double[] product(float[] tokens, String name) {
    float[] matrix = GoldenTensors.floats(FILE, name);
    int width = tokens.length / TOKENS;
    int channels = matrix.length / width;
    double[] result = new double[TOKENS * channels];
    for (int i = 0; i < result.length; i++) {
      for (int j = 0; j < width; j++) {
        result[i] += (double) tokens[i / channels * width + j] * matrix[i % channels * width + j];
      }
    }
    return result;
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
