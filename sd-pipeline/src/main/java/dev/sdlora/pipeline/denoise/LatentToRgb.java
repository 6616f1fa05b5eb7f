package dev.sdlora.pipeline.denoise;

import java.awt.image.BufferedImage;

/** A linear guess at the colours of a latent, one pixel for each position. */
public final class LatentToRgb {
  /**
   * Red, green and blue of each channel of an SD 1.x latent, as A1111's "Approx cheap" has them.
   */
  private static final double[][] SD1 = {
    {0.298, 0.207, 0.208}, {0.187, 0.286, 0.173}, {-0.158, 0.189, 0.264}, {-0.184, -0.271, -0.473}
  };

  private LatentToRgb() {}

  /**
   * A picture of a latent.
   *
   * @param latent [4][height][width] at unit variance
   */
  public static BufferedImage image(float[] latent, int height, int width) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    int plane = height * width;
    for (int i = 0; i < plane; i++) {
      int rgb = 0;
      for (int colour = 0; colour < 3; colour++) {
        double value = 0;
        for (int channel = 0; channel < SD1.length; channel++) {
          value += SD1[channel][colour] * latent[channel * plane + i];
        }
        long level = Math.round(255 * (value * 0.5 + 0.5));
        rgb = rgb << 8 | (int) Math.max(0, Math.min(255, level));
      }
      image.setRGB(i % width, i / width, rgb);
    }
    return image;
  }
}
