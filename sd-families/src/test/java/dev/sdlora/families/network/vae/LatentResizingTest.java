package dev.sdlora.families.network.vae;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.families.network.vae.LatentResizing.Mode;
import dev.sdlora.sampler.noise.LatentShape;
import dev.sdlora.tensors.torch.Torch;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests resizing against plain implementations that follow PyTorch's documentation of {@code
 * interpolate}.
 */
class LatentResizingTest {
  private static final ImageSize FROM = new ImageSize(56, 40);

  @ParameterizedTest
  @EnumSource(Mode.class)
  void resize_everyMode_agreesWithItsTwin(Mode mode) {
    try (Torch torch = Torch.open("cpu");
        NDManager scope = torch.scope()) {
      LatentResizing resizing = new LatentResizing(torch);
      float[] latent = latent();
      for (ImageSize to :
          new ImageSize[] {
            new ImageSize(112, 80), new ImageSize(72, 64), new ImageSize(24, 16), FROM
          }) {
        int before = torch.liveArrays();
        float[] actual =
            resizing.resize(mode, latent, shape(latent, FROM), shape(latent, to), scope);
        assertThat(torch.liveArrays()).isEqualTo(before);
        float[] expected = twin(mode, latent, to);
        assertThat(actual).as("%s to %s", mode, to).hasSameSizeAs(expected);
        for (int i = 0; i < actual.length; i++) {
          assertThat(actual[i]).as("%s to %s at %d", mode, to, i).isCloseTo(expected[i], NEAR);
        }
      }
    }
  }

  private static final Offset<Float> NEAR = Offset.offset(2e-5f);

  @Test
  void resize_sameSize_isTheSameLatent() {
    try (Torch torch = Torch.open("cpu");
        NDManager scope = torch.scope()) {
      float[] latent = latent();
      assertThat(
              new LatentResizing(torch)
                  .resize(Mode.BICUBIC, latent, shape(latent, FROM), shape(latent, FROM), scope))
          .isSameAs(latent);
    }
  }

  private static float[] latent() {
    Random random = new Random(3);
    float[] latent = new float[4 * 5 * 7];
    for (int i = 0; i < latent.length; i++) {
      latent[i] = (float) random.nextGaussian();
    }
    return latent;
  }

  /** Resizes rows, then columns; each new value is a weighted sum of a line. */
  private static LatentShape shape(float[] latent, ImageSize size) {
    return new LatentShape(latent.length / (7 * 5), size.height() / 8, size.width() / 8);
  }

  private static float[] twin(Mode mode, float[] latent, ImageSize to) {
    double[][] across = weights(mode, 7, to.width() / 8);
    double[][] down = weights(mode, 5, to.height() / 8);
    float[] result = new float[4 * down.length * across.length];
    for (int i = 0; i < result.length; i++) {
      int x = i % across.length;
      int y = i / across.length % down.length;
      int channel = i / across.length / down.length;
      double sum = 0;
      for (int row = 0; row < 5; row++) {
        for (int column = 0; column < 7; column++) {
          sum += down[y][row] * across[x][column] * latent[(channel * 5 + row) * 7 + column];
        }
      }
      result[i] = (float) sum;
    }
    return result;
  }

  private static double[][] weights(Mode mode, int from, int to) {
    double scale = (double) from / to;
    double[][] weights = new double[to][from];
    for (int i = 0; i < to; i++) {
      double centre = (i + 0.5) * scale;
      switch (mode) {
        case NEAREST -> weights[i][(int) (i * scale)] = 1;
        case NEAREST_EXACT -> weights[i][(int) centre] = 1;
        case BILINEAR -> sample(weights[i], centre - 0.5, 1, t -> 1 - t);
        case BICUBIC -> sample(weights[i], centre - 0.5, 2, t -> cubic(-0.75, t));
        case BILINEAR_ANTIALIASED -> cover(weights[i], centre, scale, 1, t -> 1 - t);
        case BICUBIC_ANTIALIASED -> cover(weights[i], centre, scale, 2, t -> cubic(-0.5, t));
      }
    }
    return weights;
  }

  /** Positions outside are replaced by the outermost one. */
  private static void sample(double[] weights, double at, int radius, DoubleUnaryOperator filter) {
    for (int k = (int) Math.floor(at) - radius + 1; k <= (int) Math.floor(at) + radius; k++) {
      weights[Math.max(0, Math.min(weights.length - 1, k))] +=
          filter.applyAsDouble(Math.abs(at - k));
    }
  }

  /** Positions outside are ignored, and the other weights are normalised. */
  private static void cover(
      double[] weights, double centre, double scale, int radius, DoubleUnaryOperator filter) {
    double stretch = Math.max(1, scale);
    double sum = 0;
    for (int k = 0; k < weights.length; k++) {
      double distance = Math.abs(k + 0.5 - centre) / stretch;
      if (distance < radius) {
        weights[k] = filter.applyAsDouble(distance);
        sum += weights[k];
      }
    }
    for (int k = 0; k < weights.length; k++) {
      weights[k] /= sum;
    }
  }

  private static double cubic(double a, double t) {
    return t < 1
        ? (a + 2) * t * t * t - (a + 3) * t * t + 1
        : a * t * t * t - 5 * a * t * t + 8 * a * t - 4 * a;
  }
}
