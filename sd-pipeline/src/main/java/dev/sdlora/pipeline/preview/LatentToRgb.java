package dev.sdlora.pipeline.preview;

import dev.sdlora.api.model.ModelFamily;
import java.awt.image.BufferedImage;

/** A linear approximation of a latent's colours, with one pixel for each position. */
public final class LatentToRgb implements Previewer {
  /**
   * Red, green and blue of each channel of an SD 1.x latent, from A1111's "Approx cheap". Also
   * valid for SD 2.x.
   */
  private static final LatentToRgb SD1 =
      new LatentToRgb(
          new double[][] {
            {0.298, 0.207, 0.208},
            {0.187, 0.286, 0.173},
            {-0.158, 0.189, 0.264},
            {-0.184, -0.271, -0.473}
          },
          new double[3]);

  /**
   * For SDXL (T. A. Vass 2023, "Explaining the SDXL latent space"); the source uses levels up to
   * 255.
   */
  private static final LatentToRgb SDXL =
      new LatentToRgb(
          new double[][] {
            {60 / 127.5, 60 / 127.5, 60 / 127.5},
            {-60 / 127.5, -5 / 127.5, 10 / 127.5},
            {25 / 127.5, 15 / 127.5, -5 / 127.5},
            {-70 / 127.5, -50 / 127.5, -35 / 127.5}
          },
          new double[] {150 / 127.5 - 1, 140 / 127.5 - 1, 130 / 127.5 - 1});

  private final double[][] factors;
  private final double[] constants;

  private LatentToRgb(double[][] factors, double[] constants) {
    this.factors = factors;
    this.constants = constants;
  }

  /** Returns the approximation for a model family. */
  public static LatentToRgb of(ModelFamily family) {
    return family.isXl() ? SDXL : SD1;
  }

  @Override
  public BufferedImage image(float[] latent, int height, int width) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    int plane = height * width;
    for (int i = 0; i < plane; i++) {
      int rgb = 0;
      for (int colour = 0; colour < 3; colour++) {
        double value = constants[colour];
        for (int channel = 0; channel < factors.length; channel++) {
          value += factors[channel][colour] * latent[channel * plane + i];
        }
        long level = Math.round(255 * (value * 0.5 + 0.5));
        rgb = rgb << 8 | (int) Math.max(0, Math.min(255, level));
      }
      image.setRGB(i % width, i / width, rgb);
    }
    return image;
  }
}
