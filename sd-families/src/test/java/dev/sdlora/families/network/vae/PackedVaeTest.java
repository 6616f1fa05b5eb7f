package dev.sdlora.families.network.vae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.tensorkit.RandomWeights;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Packer;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests that an autoencoder with packed weights gives the same result as with plain ones, as a
 * whole and in strips, with tiling, and with several images at once.
 */
class PackedVaeTest {
  private static final VaeConfig CONFIG = new VaeConfig(List.of(32, 64, 32), 2, 4, 1);
  private static final double CLOSE = 2e-5;

  @TempDir private static Path folder;
  private static Torch torch;
  private static Vae plain;
  private static Vae packed;

  @BeforeAll
  static void open() {
    torch = Torch.open("cpu");
    assumeTrue(
        Packer.isSupported(torch, ScalarType.FLOAT32),
        "needs oneDNN, which libtorch for Apple's processors lacks");
    RandomWeights weights = new RandomWeights(CONFIG.weights(), 11);
    plain = new Vae(torch, CONFIG, weights.load(torch, folder.resolve("plain")));
    packed = new Vae(torch, CONFIG, packed(weights, "packed", ScalarType.FLOAT32));
  }

  private static LiveWeights packed(RandomWeights weights, String name, ScalarType type) {
    return weights.load(torch, folder.resolve(name), type, VaePacking.of(CONFIG));
  }

  @AfterAll
  static void close() {
    torch.close();
  }

  @ParameterizedTest
  @CsvSource({
    "5, 7, 0, 1, NONE",
    "5, 7, 64, 1, NONE",
    "5, 7, 3000, 2, NONE",
    "9, 4, 2000, 1, X",
    "9, 4, 0, 1, X",
    "9, 4, 2000, 2, Y",
    "9, 4, 0, 1, Y",
    "6, 8, 64, 1, BOTH",
    "6, 8, 9000, 1, BOTH",
    "6, 8, 0, 2, BOTH",
    "1, 1, 0, 1, NONE",
    "1, 2, 1, 1, BOTH",
    "3, 3, 100000, 1, NONE"
  })
  void float32_anySize_isThePlainTwin(
      int height, int width, int numbers, int batch, Tiling tiling) {
    Vae expected = plain.tiling(tiling);
    Vae actual = packed.tiling(tiling).inStrips(numbers);
    // A norm group has only one or two values here, and normalising amplifies their small
    // difference.
    double close = height * width <= 2 ? 50 * CLOSE : CLOSE;
    float[] latents = random(batch * 4 * height * width);
    assertThat(
            largest(
                decode(actual, latents, batch, height, width),
                decode(expected, latents, batch, height, width)))
        .isLessThan(close);
    float[] pixels = random(batch * 3 * 16 * height * width);
    assertThat(
            largest(
                encode(actual, pixels, batch, 4 * height, 4 * width),
                encode(expected, pixels, batch, 4 * height, 4 * width)))
        .isLessThan(close);
  }

  /** The widths of the decoder are not multiples of the layouts' blocks. */
  @ParameterizedTest
  @ValueSource(ints = {0, 2000})
  void decode_byADecoderOfOtherWidths_isThePlainTwin(int numbers) {
    VaeConfig config = CONFIG.withDecoder(List.of(96, 96, 32)).withoutQuantConvs();
    RandomWeights weights = new RandomWeights(config.weights(), 12);
    Vae expected = new Vae(torch, config, weights.load(torch, folder.resolve("wide")));
    Vae actual =
        new Vae(
            torch,
            config,
            weights.load(
                torch, folder.resolve("widePacked"), ScalarType.FLOAT32, VaePacking.of(config)));
    float[] latents = random(4 * 9 * 6);
    assertThat(
            largest(
                decode(actual.inStrips(numbers), latents, 1, 9, 6),
                decode(expected, latents, 1, 9, 6)))
        .isLessThan(CLOSE);
  }

  /** Eight bits are too few for a direct comparison, so both are compared with float32. */
  @ParameterizedTest
  @CsvSource({"40, 44, 0", "40, 44, 50000", "9, 4, 2000"})
  void bfloat16_isAsGoodAsThePlainTwin(int height, int width, int numbers) {
    assumeTrue(
        Packer.isSupported(torch, ScalarType.BFLOAT16),
        "needs oneDNN's bfloat16, which needs a processor with AVX-512");
    String name = "narrow-%s-%s".formatted(height, numbers);
    RandomWeights weights = new RandomWeights(CONFIG.weights(), 11);
    Vae narrow =
        new Vae(torch, CONFIG, weights.load(torch, folder.resolve(name), ScalarType.BFLOAT16));
    Vae narrowPacked =
        new Vae(torch, CONFIG, packed(weights, name + "-packed", ScalarType.BFLOAT16));
    float[] latents = random(4 * height * width);
    float[] exact = decode(plain, latents, 1, height, width);
    double allowed = 1.2 * distance(decode(narrow, latents, 1, height, width), exact);
    Vae actual = narrowPacked.inStrips(numbers);
    assertThat(distance(decode(actual, latents, 1, height, width), exact)).isLessThan(allowed);
    float[] pixels = random(3 * 16 * height * width);
    exact = encode(plain, pixels, 1, 4 * height, 4 * width);
    allowed = 1.2 * distance(encode(narrow, pixels, 1, 4 * height, 4 * width), exact);
    assertThat(distance(encode(actual, pixels, 1, 4 * height, 4 * width), exact))
        .isLessThan(allowed);
  }

  private static float[] decode(Vae vae, float[] values, int batch, int height, int width) {
    try (NDManager scope = torch.scope();
        NDArray input = Torch.floats(scope, values, batch, 4, height, width)) {
      return vae.decode(input, scope).toFloatArray();
    }
  }

  private static float[] encode(Vae vae, float[] values, int batch, int height, int width) {
    try (NDManager scope = torch.scope();
        NDArray input = Torch.floats(scope, values, batch, 3, height, width)) {
      return vae.encode(input, scope).toFloatArray();
    }
  }

  private static float[] random(int count) {
    Random random = new Random(count);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static double largest(float[] some, float[] others) {
    assertThat(some).hasSameSizeAs(others);
    double largest = 0;
    for (int i = 0; i < some.length; i++) {
      double difference = Math.abs(some[i] - others[i]);
      assertThat(difference).isFinite();
      largest = Math.max(largest, difference);
    }
    return largest;
  }

  /** Returns the root mean square of the differences. */
  private static double distance(float[] some, float[] others) {
    double sum = 0;
    for (int i = 0; i < some.length; i++) {
      sum += (some[i] - others[i]) * (double) (some[i] - others[i]);
    }
    return Math.sqrt(sum / some.length);
  }
}
