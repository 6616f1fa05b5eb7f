package dev.sdlora.demo;

import java.awt.Color;
import java.awt.image.BufferedImage;

/** Measures of a whole image. */
public final class ImageMeasures {
  private ImageMeasures() {}

  /** The mean Rec. 709 luminance, 0 to 1. */
  public static double luminance(BufferedImage image) {
    double sum = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        sum += luminance(image, x, y);
      }
    }
    return sum / (image.getWidth() * (double) image.getHeight());
  }

  /** The mean squared difference of a pixel's luminance from the mean of its 5 by 5 area. */
  public static double highFrequency(BufferedImage image) {
    double sum = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        double area = 0;
        for (int i = 0; i < 25; i++) {
          area += luminance(image, x + i % 5 - 2, y + i / 5 - 2);
        }
        double difference = luminance(image, x, y) - area / 25;
        sum += difference * difference;
      }
    }
    return sum / (image.getWidth() * (double) image.getHeight());
  }

  /** The luminance of a pixel; outside the image, of the nearest one inside. */
  private static double luminance(BufferedImage image, int x, int y) {
    int column = Math.max(0, Math.min(image.getWidth() - 1, x));
    int row = Math.max(0, Math.min(image.getHeight() - 1, y));
    Color pixel = new Color(image.getRGB(column, row));
    return (0.2126 * pixel.getRed() + 0.7152 * pixel.getGreen() + 0.0722 * pixel.getBlue()) / 255;
  }
}
