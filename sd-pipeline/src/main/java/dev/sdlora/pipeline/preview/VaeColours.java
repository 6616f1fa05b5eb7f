package dev.sdlora.pipeline.preview;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.families.network.vae.LatentFormat;
import dev.sdlora.families.network.vae.Vae;
import dev.sdlora.families.network.vae.VaeConfig;
import dev.sdlora.tensors.torch.Torch;
import java.awt.image.BufferedImage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A linear approximation of a latent's colours, measured on the model's own autoencoder: the mean
 * colours that it decodes when one channel is 1 or -1 and the others are 0. It has one pixel for
 * each position of the autoencoder's latents. Measured at the first image.
 */
public final class VaeColours implements Previewer {
  /** The side of the latents that are decoded to measure colours. */
  private static final int SIDE = 4;

  private final Supplier<Factors> measured;
  private @Nullable Factors factors;

  /**
   * Creates a preview for an autoencoder.
   *
   * @param running runs work on the autoencoder
   */
  public VaeColours(Function<Function<Vae, Factors>, Factors> running, Torch torch) {
    this.measured = () -> running.apply(vae -> Factors.of(vae, torch));
  }

  /**
   * The colours of an autoencoder.
   *
   * @param constants red, green and blue of an empty latent
   * @param channels red, green and blue for each channel of the autoencoder's latents
   * @param format the conversion to the latents of the sampler
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  public record Factors(double[] constants, double[][] channels, LatentFormat format) {
    static Factors of(Vae vae, Torch torch) {
      VaeConfig config = vae.config();
      int count = config.latentChannels();
      int positions = SIDE * SIDE;
      float[] probes = new float[(2 * count + 1) * count * positions];
      for (int channel = 0; channel < count; channel++) {
        for (int i = 0; i < positions; i++) {
          probes[(2 * channel * count + channel) * positions + i] = 1;
          probes[((2 * channel + 1) * count + channel) * positions + i] = -1;
        }
      }
      try (NDManager scope = torch.scope();
          NDArray input = Torch.floats(scope, probes, 2 * count + 1, count, SIDE, SIDE);
          NDArray output = vae.decode(input, scope)) {
        float[] pixels = output.toFloatArray();
        double[][] means = means(pixels, 2 * count + 1);
        double[][] channels = new double[count][3];
        for (int channel = 0; channel < count; channel++) {
          for (int colour = 0; colour < 3; colour++) {
            channels[channel][colour] =
                (means[2 * channel][colour] - means[2 * channel + 1][colour]) / 2;
          }
        }
        return new Factors(means[2 * count], channels, config.format());
      }
    }

    private static double[][] means(float[] pixels, int images) {
      double[][] means = new double[images][3];
      int plane = pixels.length / (images * 3);
      for (int i = 0; i < pixels.length; i++) {
        means[i / (3 * plane)][i / plane % 3] += pixels[i] / (double) plane;
      }
      return means;
    }
  }

  private synchronized Factors factors() {
    Factors known = factors;
    if (known == null) {
      known = measured.get();
      factors = known;
    }
    return known;
  }

  @Override
  public BufferedImage image(float[] latent, int height, int width) {
    Factors colours = factors();
    LatentFormat format = colours.format;
    int patch = format.patch();
    int rows = height * patch;
    int columns = width * patch;
    float[] own = format.fromUnitVariance(latent, colours.channels.length, columns);
    BufferedImage image = new BufferedImage(columns, rows, BufferedImage.TYPE_INT_RGB);
    int plane = rows * columns;
    for (int i = 0; i < plane; i++) {
      int rgb = 0;
      for (int colour = 0; colour < 3; colour++) {
        double value = colours.constants[colour];
        for (int channel = 0; channel < colours.channels.length; channel++) {
          value += colours.channels[channel][colour] * own[channel * plane + i];
        }
        long level = Math.round(255 * (value * 0.5 + 0.5));
        rgb = rgb << 8 | (int) Math.max(0, Math.min(255, level));
      }
      image.setRGB(i % columns, i / columns, rgb);
    }
    return image;
  }
}
