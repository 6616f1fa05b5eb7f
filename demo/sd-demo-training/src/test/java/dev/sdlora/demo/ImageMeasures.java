package dev.sdlora.demo;

import java.awt.image.BufferedImage;
import java.util.Arrays;

/** Measures of single images that distinguish styles. */
public final class ImageMeasures {
  /**
   * The step at a clear edge as a fraction of the image's contrast, because night images are
   * fainter.
   */
  private static final double EDGE = 0.3;

  /** Images with less contrast than this have no edges. */
  private static final double FLAT = 0.06;

  /** The difference of a pixel from the ground, of 255, from which it belongs to a thing. */
  private static final double CLEAR = 40;

  private ImageMeasures() {}

  /**
   * Returns the fraction of pixels at a clear edge in at least one colour plane of the smoothed
   * image, by the Sobel filter.
   */
  public static double edgeDensity(BufferedImage image) {
    Planes planes = Planes.of(image).smoothed();
    double clear = EDGE * Math.max(FLAT, contrast(planes));
    return mean(planes, (x, y) -> edge(planes, x, y) > clear ? 1 : 0);
  }

  /**
   * Returns the fraction of pixels that differ clearly from the ground, in at least one colour
   * plane. The ground is the median colour of the edge.
   */
  public static double covered(BufferedImage image) {
    Planes planes = Planes.of(image);
    double[] ground = new double[3];
    for (int channel = 0; channel < 3; channel++) {
      ground[channel] = atEdge(planes, channel);
    }
    return mean(
        planes,
        (x, y) -> {
          double most = 0;
          for (int channel = 0; channel < 3; channel++) {
            most = Math.max(most, Math.abs(planes.at(channel, x, y) - ground[channel]));
          }
          return most > CLEAR ? 1 : 0;
        });
  }

  private static double atEdge(Planes planes, int channel) {
    int right = planes.width() - 1;
    int bottom = planes.height() - 1;
    double[] values = new double[2 * (planes.width() + planes.height())];
    int count = 0;
    for (int x = 0; x <= right; x++) {
      values[count++] = planes.at(channel, x, 0);
      values[count++] = planes.at(channel, x, bottom);
    }
    for (int y = 0; y <= bottom; y++) {
      values[count++] = planes.at(channel, 0, y);
      values[count++] = planes.at(channel, right, y);
    }
    Arrays.sort(values);
    return values[count / 2];
  }

  /** Returns the mean Rec. 709 luminance, 0 to 1. */
  public static double luminance(BufferedImage image) {
    Planes planes = Planes.of(image);
    return mean(planes, planes::luminance);
  }

  /**
   * Returns the mean squared difference between a pixel's luminance and the mean of its 5×5 area.
   */
  public static double highFrequency(BufferedImage image) {
    Planes planes = Planes.of(image);
    return mean(planes, (x, y) -> square(planes.luminance(x, y) - around(planes, x, y)));
  }

  /**
   * Returns the median difference between a pixel's luminance and the mean of its 5×5 area, in
   * levels of 255: near 0 if most of the image is flat, regardless of its edges.
   */
  public static double grain(BufferedImage image) {
    Planes planes = Planes.of(image);
    double[] differences = new double[planes.width() * planes.height()];
    Arrays.setAll(
        differences,
        i -> {
          int x = i % planes.width();
          int y = i / planes.width();
          return 255 * Math.abs(planes.luminance(x, y) - around(planes, x, y));
        });
    Arrays.sort(differences);
    return differences[differences.length / 2];
  }

  /** Returns the widest range of a colour plane, 0 to 1, without the lowest and highest percent. */
  private static double contrast(Planes planes) {
    int pixels = planes.width() * planes.height();
    double widest = 0;
    for (int channel = 0; channel < 3; channel++) {
      double[] values = new double[pixels];
      for (int i = 0; i < pixels; i++) {
        values[i] = planes.at(channel, i % planes.width(), i / planes.width());
      }
      Arrays.sort(values);
      widest = Math.max(widest, values[pixels - 1 - pixels / 100] - values[pixels / 100]);
    }
    return widest / 255;
  }

  private static double edge(Planes planes, int x, int y) {
    double most = 0;
    for (int channel = 0; channel < 3; channel++) {
      double across = step(planes, channel, x, y, 1, 0);
      double down = step(planes, channel, x, y, 0, 1);
      most = Math.max(most, Math.hypot(across, down));
    }
    return most;
  }

  /**
   * Applies the Sobel filter in the direction (dx, dy), scaled so that a step from 0 to 255 gives
   * 1.
   */
  private static double step(Planes planes, int channel, int x, int y, int dx, int dy) {
    double sum = 0;
    for (int side = -1; side <= 1; side++) {
      int weight = 2 - Math.abs(side);
      int sx = x + side * dy;
      int sy = y + side * dx;
      sum += weight * (planes.at(channel, sx + dx, sy + dy) - planes.at(channel, sx - dx, sy - dy));
    }
    return sum / (4 * 255);
  }

  private static double around(Planes planes, int x, int y) {
    double sum = 0;
    for (int dy = -2; dy <= 2; dy++) {
      for (int dx = -2; dx <= 2; dx++) {
        sum += planes.luminance(x + dx, y + dy);
      }
    }
    return sum / 25;
  }

  private static double square(double value) {
    return value * value;
  }

  private static double mean(Planes planes, PixelMeasure measure) {
    double sum = 0;
    for (int y = 0; y < planes.height(); y++) {
      for (int x = 0; x < planes.width(); x++) {
        sum += measure.at(x, y);
      }
    }
    return sum / (planes.width() * (double) planes.height());
  }

  /** A measure of one pixel. */
  private interface PixelMeasure {
    double at(int x, int y);
  }
}
