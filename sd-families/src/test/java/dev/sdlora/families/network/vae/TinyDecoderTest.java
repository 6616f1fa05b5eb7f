package dev.sdlora.families.network.vae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.families.checkpoint.auxiliary.TinyDecoderReader;
import dev.sdlora.families.checkpoint.layout.NetworkFile;
import dev.sdlora.tensorkit.Planes;
import dev.sdlora.tensorkit.RandomWeights;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.TensorLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests the decoders of TAESD and TAEF2 with random weights, in every layout, against plain Java.
 */
class TinyDecoderTest {
  private static final TinyDecoderConfig CONFIG =
      new TinyDecoderConfig(4, 5, TinyDecoderConfig.BLOCKS);
  private static final RandomWeights WEIGHTS = new RandomWeights(CONFIG.weights(), 9);
  private static final TinyDecoderConfig POOLED =
      new TinyDecoderConfig(4, 5, TinyDecoderConfig.BLOCKS, true);

  @TempDir private Path folder;

  private Path write(UnaryOperator<String> names) {
    return write(WEIGHTS, names);
  }

  private Path write(RandomWeights weights, UnaryOperator<String> names) {
    return weights.write(folder.resolve("taesd_decoder.safetensors"), names);
  }

  /** The author's names start with this prefix and count one more layer. */
  private static String original(String name, String prefix) {
    return Pattern.compile("^decoder\\.layers\\.(\\d+)")
        .matcher(name)
        .replaceFirst(match -> prefix + (Integer.parseInt(match.group(1)) + 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"diffusers", "", "decoder."})
  void decode_everyLayout_equalsPlainJava(String layout) {
    assertEqualsPlainJava(CONFIG, WEIGHTS, layout);
    assertEqualsPlainJava(POOLED, new RandomWeights(POOLED.weights(), 10), layout);
  }

  private void assertEqualsPlainJava(
      TinyDecoderConfig config, RandomWeights random, String layout) {
    Path file = write(random, name -> layout.equals("diffusers") ? name : original(name, layout));
    Planes latent = Planes.random(4, 3, 5, 2);
    Planes expected = plain(latent, random, config.isPooled());
    NetworkFile<TinyDecoderConfig> read = TinyDecoderReader.read(file);
    assertThat(read.config()).isEqualTo(config);
    try (Torch torch = Torch.open("cpu");
        NDManager scope = torch.scope();
        LiveWeights weights =
            LiveWeights.load(torch, new TensorLoader(torch), read.weights(), ScalarType.FLOAT32)) {
      float[] pixels =
          new TinyDecoder(torch, read.config(), weights)
              .decode(Torch.floats(scope, latent.floats(), 1, 4, 3, 5), Tiling.NONE, scope)
              .toFloatArray();
      assertThat(pixels).hasSize(3 * 24 * 40);
      for (int i = 0; i < pixels.length; i++) {
        assertThat((double) pixels[i]).isCloseTo(expected.values()[i], within(2e-5));
      }
    }
  }

  /** Computes the layers of the author's network one after another. */
  private static Planes plain(Planes latent, RandomWeights weights, boolean pooled) {
    Planes h = conv(latent.map(v -> 3 * Math.tanh(v / 3)), weights, "0").map(TinyDecoderTest::relu);
    for (int first : new int[] {2, 7, 12}) {
      for (int layer = first; layer < first + 3; layer++) {
        if (pooled && first == 2) {
          h = h.plus(pool(h, weights, layer), 1);
        }
        h = block(h, weights, layer);
      }
      float[] kernel = weights.of("decoder.layers." + (first + 4) + ".weight");
      h = h.doubled().conv(kernel, new float[5], 1);
    }
    return conv(block(h, weights, 17), weights, "18").map(v -> 2 * v - 1);
  }

  private static Planes block(Planes x, RandomWeights weights, int layer) {
    Planes h = conv(x, weights, layer + ".conv.0").map(TinyDecoderTest::relu);
    h = conv(h, weights, layer + ".conv.2").map(TinyDecoderTest::relu);
    return x.plus(conv(h, weights, layer + ".conv.4"), 1).map(TinyDecoderTest::relu);
  }

  /** Four groups of channels, each normalised over the whole image, between two 1x1 kernels. */
  private static Planes pool(Planes x, RandomWeights weights, int layer) {
    String name = "decoder.layers." + layer + ".pool.";
    Planes wide = x.conv(weights.of(name + "0.weight"), new float[20], 1);
    double[] values = wide.values();
    int group = values.length / 4;
    for (int start = 0; start < values.length; start += group) {
      double[] part = Arrays.copyOfRange(values, start, start + group);
      double mean = Arrays.stream(part).average().orElseThrow();
      double variance =
          Arrays.stream(part).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
      for (int i = start; i < start + group; i++) {
        int channel = i / (x.height() * x.width());
        double unit = (values[i] - mean) / Math.sqrt(variance + 1e-5);
        values[i] =
            relu(
                unit * weights.of(name + "1.weight")[channel]
                    + weights.of(name + "1.bias")[channel]);
      }
    }
    return wide.conv(weights.of(name + "3.weight"), new float[5], 1);
  }

  private static Planes conv(Planes x, RandomWeights weights, String layer) {
    String name = "decoder.layers." + layer;
    return x.conv(weights.of(name + ".weight"), weights.of(name + ".bias"), 1);
  }

  private static double relu(double value) {
    return Math.max(value, 0);
  }

  @Test
  void read_otherFiles_saysWhatIsWrong() {
    assertThatThrownBy(() -> TinyDecoderReader.read(write(name -> "x." + name)))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContainingAll("taesd_decoder", "is not a TAESD decoder");
    Path lacking = write(name -> original(name, "").replace("19.bias", "19.other"));
    assertThatThrownBy(() -> TinyDecoderReader.read(lacking))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContainingAll("'19.bias'", "is missing", "[3]");
  }
}
