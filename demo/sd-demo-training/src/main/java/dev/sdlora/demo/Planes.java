package dev.sdlora.demo;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.function.IntPredicate;

/** The three colour planes of an image, stored row by row, with values from 0 to 255. */
public final class Planes {
  private final int width;
  private final int height;
  private final float[][] channels;

  private Planes(int width, int height, float[][] channels) {
    this.width = width;
    this.height = height;
    this.channels = channels;
  }

  /** Copies the values of an image. */
  public static Planes of(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    int[] rgb = image.getRGB(0, 0, width, height, null, 0, width);
    float[][] channels = new float[3][rgb.length];
    for (int i = 0; i < rgb.length; i++) {
      for (int channel = 0; channel < 3; channel++) {
        channels[channel][i] = rgb[i] >> (16 - 8 * channel) & 0xff;
      }
    }
    return new Planes(width, height, channels);
  }

  /** Returns the number of pixels in a row. */
  public int width() {
    return width;
  }

  /** Returns the number of rows. */
  public int height() {
    return height;
  }

  /** Returns the distance of each pixel from a colour. */
  double[] distances(Lab colour) {
    double[] distances = new double[width * height];
    Arrays.setAll(distances, i -> rgb(i).lab().distance(colour));
    return distances;
  }

  /** Returns the pixels whose index satisfies a condition; indices count row by row. */
  public Mask where(IntPredicate condition) {
    return Mask.where(width, height, condition);
  }

  /** Returns a value; outside the image, the nearest value inside. */
  float at(int channel, int x, int y) {
    int column = Math.max(0, Math.min(width - 1, x));
    int row = Math.max(0, Math.min(height - 1, y));
    return channels[channel][row * width + column];
  }

  /** Returns the colour of the pixel with an index, counted row by row. */
  public Rgb rgb(int index) {
    return new Rgb(channels[0][index], channels[1][index], channels[2][index]);
  }

  /** Returns the Rec. 709 luminance of a pixel, 0 to 1. */
  double luminance(int x, int y) {
    return (0.2126 * at(0, x, y) + 0.7152 * at(1, x, y) + 0.0722 * at(2, x, y)) / 255;
  }

  /** Returns the image smoothed with weights 1-2-1 in both directions. */
  Planes smoothed() {
    float[][] smooth = new float[3][width * height];
    for (int channel = 0; channel < 3; channel++) {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          smooth[channel][y * width + x] = smooth(channel, x, y);
        }
      }
    }
    return new Planes(width, height, smooth);
  }

  private float smooth(int channel, int x, int y) {
    float sum = 0;
    for (int dy = -1; dy <= 1; dy++) {
      for (int dx = -1; dx <= 1; dx++) {
        sum += at(channel, x + dx, y + dy) * (2 - Math.abs(dx)) * (2 - Math.abs(dy));
      }
    }
    return sum / 16;
  }
}
