package dev.sdlora.demo.emoji;

import java.awt.image.BufferedImage;

/**
 * The drawings of a set with more or less detail: more detail draws all inner edges in ink, less
 * detail blurs everything inside the outline.
 */
final class Detail implements Drawings {
  /** The blur at the least detail, as a fraction of a drawing's side. */
  private static final double MELTED = 0.07;

  /** The darkness of ink where neighbours differ by a whole channel. */
  private static final double INK = 2.5;

  private final Drawings drawings;
  private final double amount;

  /**
   * Wraps drawings.
   *
   * @param amount from -1 (least detail) through 0 (unchanged) to 1 (most detail)
   */
  Detail(Drawings drawings, double amount) {
    if (!(Math.abs(amount) <= 1)) {
      throw new IllegalArgumentException("detail must be from -1 to 1, not " + amount);
    }
    this.drawings = drawings;
    this.amount = amount;
  }

  @Override
  public boolean has(Noun noun) {
    return drawings.has(noun);
  }

  @Override
  public BufferedImage draw(Noun noun, int side) {
    BufferedImage drawing = drawings.draw(noun, side);
    int[] pixels = drawing.getRGB(0, 0, side, side, null, 0, side);
    int[] changed = amount < 0 ? melted(pixels, side) : inked(pixels, side);
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_ARGB);
    image.setRGB(0, 0, side, side, changed, 0, side);
    return image;
  }

  /** Moves each visible pixel towards the mean of the visible pixels around it. */
  private int[] melted(int[] pixels, int side) {
    int radius = Math.max(1, (int) Math.round(MELTED * side));
    int[] melted = new int[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      double[] sum = new double[4];
      for (int y = Math.max(0, i / side - radius); y <= i / side + radius && y < side; y++) {
        for (int x = Math.max(0, i % side - radius); x <= i % side + radius && x < side; x++) {
          int pixel = pixels[y * side + x];
          int alpha = pixel >>> 24;
          sum[3] += alpha;
          for (int c = 0; c < 3; c++) {
            sum[c] += alpha * channel(pixel, c);
          }
        }
      }
      int rgb = pixels[i] & 0xff000000;
      for (int c = 0; c < 3; c++) {
        double mean = sum[3] == 0 ? 0 : sum[c] / sum[3];
        double value = channel(pixels[i], c) + -amount * (mean - channel(pixels[i], c));
        rgb |= (int) Math.round(value) << (16 - 8 * c);
      }
      melted[i] = rgb;
    }
    return melted;
  }

  /** Darkens each pixel in proportion to the difference of its neighbours. */
  private int[] inked(int[] pixels, int side) {
    int[] inked = new int[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      double ink = Math.min(1, INK * amount * step(pixels, i % side, i / side, side));
      int rgb = pixels[i] & 0xff000000;
      for (int c = 0; c < 3; c++) {
        rgb |= (int) Math.round((1 - ink) * channel(pixels[i], c)) << (16 - 8 * c);
      }
      inked[i] = rgb;
    }
    return inked;
  }

  /** Returns the largest difference of opposite neighbours in a channel or in alpha, 0 to 1. */
  private static double step(int[] pixels, int x, int y, int side) {
    int across = 0;
    for (int c = -1; c < 3; c++) {
      across =
          Math.max(across, Math.abs(at(pixels, x + 1, y, side, c) - at(pixels, x - 1, y, side, c)));
      across =
          Math.max(across, Math.abs(at(pixels, x, y + 1, side, c) - at(pixels, x, y - 1, side, c)));
    }
    return across / 255.0;
  }

  /** Returns a channel times alpha, or alpha for channel -1; 0 outside the drawing. */
  private static int at(int[] pixels, int x, int y, int side, int channel) {
    if (x < 0 || y < 0 || x >= side || y >= side) {
      return 0;
    }
    int pixel = pixels[y * side + x];
    return channel < 0 ? pixel >>> 24 : channel(pixel, channel) * (pixel >>> 24) / 255;
  }

  private static int channel(int pixel, int channel) {
    return pixel >> (16 - 8 * channel) & 255;
  }
}
