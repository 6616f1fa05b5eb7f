package dev.sdlora.demo.emoji;

import dev.sdlora.demo.Colour;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.Arrays;

/**
 * Recolours a drawing: pixels of median lightness get the colour itself, darker ones shades towards
 * black, lighter ones shades towards white.
 */
public final class Tint {
  private static final double LIGHTEST = 0.6;
  private static final double DARKEST = 0.75;
  private static final int VISIBLE = 128;

  private Tint() {}

  /** Returns a tinted copy of a drawing. */
  public static BufferedImage of(BufferedImage drawing, Colour colour) {
    int side = drawing.getWidth();
    int[] pixels = drawing.getRGB(0, 0, side, side, null, 0, side);
    double middle = middle(pixels);
    Color paint = colour.paint();
    for (int i = 0; i < pixels.length; i++) {
      double light = luminance(pixels[i]);
      double share =
          light < middle
              ? -DARKEST * (middle - light) / middle
              : LIGHTEST * (light - middle) / (1 - middle);
      pixels[i] =
          (pixels[i] & 0xff000000)
              | shaded(paint.getRed(), share) << 16
              | shaded(paint.getGreen(), share) << 8
              | shaded(paint.getBlue(), share);
    }
    BufferedImage tinted = new BufferedImage(side, side, BufferedImage.TYPE_INT_ARGB);
    tinted.setRGB(0, 0, side, side, pixels, 0, side);
    return tinted;
  }

  private static double middle(int[] pixels) {
    double[] lights =
        Arrays.stream(pixels)
            .filter(pixel -> pixel >>> 24 >= VISIBLE)
            .mapToDouble(Tint::luminance)
            .sorted()
            .toArray();
    double median = lights.length == 0 ? 0.5 : lights[lights.length / 2];
    return Math.max(0.05, Math.min(0.95, median));
  }

  private static double luminance(int rgb) {
    return (0.2126 * (rgb >> 16 & 255) + 0.7152 * (rgb >> 8 & 255) + 0.0722 * (rgb & 255)) / 255;
  }

  private static int shaded(int value, double share) {
    double to = share < 0 ? 0 : 255;
    return (int) Math.round(value + Math.abs(share) * (to - value));
  }
}
