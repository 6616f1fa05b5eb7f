package dev.sdlora.api.grid;

import dev.sdlora.api.GeneratedImage;

/** What shows in the pixels of a picture when a LoRA is too strong. */
final class PictureFigures {
  private static final int CLIPPED_LEVELS = 2;

  /** Sides of the squares that are compared as one: noise in them counts little. */
  private static final int SQUARE = 4;

  private final byte[] rgb;
  private final int width;
  private final int height;

  PictureFigures(GeneratedImage picture) {
    rgb = picture.rgb();
    width = picture.width();
    height = picture.height();
  }

  /** The mean of each pixel's largest channel less its smallest, from 0 to 1. */
  double saturation() {
    double sum = 0;
    for (int i = 0; i < rgb.length; i += 3) {
      int red = rgb[i] & 0xff;
      int green = rgb[i + 1] & 0xff;
      int blue = rgb[i + 2] & 0xff;
      sum += Math.max(red, Math.max(green, blue)) - Math.min(red, Math.min(green, blue));
    }
    return 3 * sum / rgb.length / 255;
  }

  /** The share of channels that are as dark or as bright as can be, within two levels. */
  double clipped() {
    int clipped = 0;
    for (byte channel : rgb) {
      int value = channel & 0xff;
      clipped += value <= CLIPPED_LEVELS || value >= 255 - CLIPPED_LEVELS ? 1 : 0;
    }
    return (double) clipped / rgb.length;
  }

  /** The root of the mean square of the luma's Laplacian: edges, and what looks like them. */
  double edges() {
    double sum = 0;
    int count = 0;
    for (int y = 1; y < height - 1; y++) {
      for (int x = 1; x < width - 1; x++) {
        int at = y * width + x;
        double laplacian =
            luma(at - 1) + luma(at + 1) + luma(at - width) + luma(at + width) - 4 * luma(at);
        sum += laplacian * laplacian;
        count++;
      }
    }
    return count == 0 ? 0 : Math.sqrt(sum / count);
  }

  /** Rec. 601, from 0 to 1. */
  private double luma(int pixel) {
    int at = 3 * pixel;
    return (0.299 * (rgb[at] & 0xff) + 0.587 * (rgb[at + 1] & 0xff) + 0.114 * (rgb[at + 2] & 0xff))
        / 255;
  }

  /**
   * How far another picture of the same size is: the root of the mean square between the colours of
   * small squares, from 0 to 1.
   */
  double distance(PictureFigures other) {
    double sum = 0;
    int count = 0;
    for (int y = 0; y < height; y += SQUARE) {
      for (int x = 0; x < width; x += SQUARE) {
        for (int channel = 0; channel < 3; channel++) {
          double difference = mean(x, y, channel) - other.mean(x, y, channel);
          sum += difference * difference;
          count++;
        }
      }
    }
    return Math.sqrt(sum / count) / 255;
  }

  private double mean(int left, int top, int channel) {
    int sum = 0;
    int count = 0;
    for (int y = top; y < Math.min(height, top + SQUARE); y++) {
      for (int x = left; x < Math.min(width, left + SQUARE); x++) {
        sum += rgb[3 * (y * width + x) + channel] & 0xff;
        count++;
      }
    }
    return (double) sum / count;
  }
}
