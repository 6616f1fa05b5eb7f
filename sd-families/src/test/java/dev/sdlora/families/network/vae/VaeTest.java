package dev.sdlora.families.network.vae;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.tensorkit.Planes;
import dev.sdlora.tensorkit.RandomWeights;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the autoencoder in strips against the whole, and its tileable images. */
class VaeTest {
  private static final VaeConfig CONFIG = new VaeConfig(List.of(32, 64, 32), 2, 4, 1);

  @TempDir private static Path folder;
  private static Torch torch;
  private static Vae vae;
  private static Vae narrow;

  @BeforeAll
  static void open() {
    torch = Torch.open("cpu");
    RandomWeights weights = new RandomWeights(CONFIG.weights(), 11);
    vae = new Vae(torch, CONFIG, weights.load(torch, folder.resolve("vae.safetensors")));
    Path again = folder.resolve("narrow.safetensors");
    narrow = new Vae(torch, CONFIG, weights.load(torch, again, ScalarType.BFLOAT16));
  }

  @AfterAll
  static void close() {
    vae.decoderWeights().close();
    narrow.decoderWeights().close();
    torch.close();
  }

  @ParameterizedTest
  @CsvSource({
    "5, 7, 1, NONE",
    "5, 7, 60, NONE",
    "9, 4, 33, X",
    "9, 4, 33, Y",
    "6, 8, 1, BOTH",
    "6, 8, 70, BOTH",
    "3, 3, 100000, NONE"
  })
  void inStrips_anySize_equalsWhole(int height, int width, int positions, Tiling tiling) {
    Vae whole = vae.tiling(tiling);
    Vae strips = whole.inStrips(positions);
    Planes latent = Planes.random(4, height, width, 3);
    assertClose(decode(strips, latent), decode(whole, latent));
    Planes picture = Planes.random(3, 4 * height, 4 * width, 4);
    assertClose(encode(strips, picture), encode(whole, picture));
  }

  /** bfloat16 stores values between layers with 8 bits; all sums are in float32. */
  @Tag("slow")
  @ParameterizedTest
  @CsvSource({"40, 44, 0", "40, 44, 700", "9, 4, 33"})
  void bfloat16_wholeAndInStrips_isFloat32Roughly(int height, int width, int positions) {
    Planes latent = Planes.random(4, height, width, 3);
    Planes pixels = decode(vae, latent);
    assertRoughly(decode(narrow.inStrips(positions), latent), pixels);
    Planes picture = Planes.random(3, 4 * height, 4 * width, 4);
    assertRoughly(encode(narrow.inStrips(positions), picture), encode(vae, picture));
    // The output is not rounded to the 8 bits of inner values.
    assertThat(Arrays.stream(decode(narrow, latent).values()).distinct().count())
        .isGreaterThan(pixels.values().length / 2);
  }

  private static void assertRoughly(Planes actual, Planes expected) {
    double squares = 0;
    double error = 0;
    for (int i = 0; i < expected.values().length; i++) {
      squares += expected.values()[i] * expected.values()[i];
      error += Math.pow(actual.values()[i] - expected.values()[i], 2);
    }
    // A dozen roundings to 2^-9 of the value, and their amplification.
    assertThat(Math.sqrt(error / squares)).isLessThan(0.02);
  }

  @ParameterizedTest
  @CsvSource({"X, 0, 3", "Y, 2, 0", "BOTH, 4, 1"})
  void tiling_inputMovedRound_movesTheOutput(Tiling tiling, int down, int right) {
    Vae seamless = vae.tiling(tiling);
    Planes latent = Planes.random(4, 6, 8, 5);
    assertClose(
        decode(seamless, latent.rolled(down, right)),
        decode(seamless, latent).rolled(4 * down, 4 * right));
    Planes picture = Planes.random(3, 24, 32, 6);
    assertClose(
        encode(seamless, picture.rolled(4 * down, 4 * right)),
        encode(seamless, picture).rolled(down, right));
    // Without tiling it does not.
    assertThat(
            largestDifference(
                decode(vae, latent.rolled(down, right)),
                decode(vae, latent).rolled(4 * down, 4 * right)))
        .isGreaterThan(0.05);
  }

  private static Planes decode(Vae vae, Planes latent) {
    return planes(latent, vae::decode);
  }

  private static Planes encode(Vae vae, Planes picture) {
    return planes(picture, vae::encode);
  }

  private interface Run {
    NDArray run(NDArray input, NDManager scope);
  }

  private static Planes planes(Planes input, Run network) {
    try (NDManager scope = torch.scope()) {
      NDArray output =
          network.run(
              Torch.floats(
                  scope, input.floats(), 1, input.channels(), input.height(), input.width()),
              scope);
      long[] shape = output.getShape().getShape();
      float[] floats = output.toFloatArray();
      double[] values = new double[floats.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = floats[i];
      }
      return new Planes(values, (int) shape[1], (int) shape[2], (int) shape[3]);
    }
  }

  /** A grey level is 8e-3; float32 loses about 1e-6 per unit of magnitude. */
  private static void assertClose(Planes actual, Planes expected) {
    assertThat(largestDifference(actual, expected)).isLessThan(2e-5);
  }

  private static double largestDifference(Planes a, Planes b) {
    assertThat(a.values()).hasSameSizeAs(b.values());
    double largest = 0;
    for (int i = 0; i < a.values().length; i++) {
      double difference = Math.abs(a.values()[i] - b.values()[i]);
      assertThat(difference).isFinite();
      largest = Math.max(largest, difference);
    }
    return largest;
  }
}
