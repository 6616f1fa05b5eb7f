package dev.sdlora.pipeline.preprocess;

import dev.sdlora.pipeline.raster.Raster;
import java.util.Arrays;

/** Lines and soft edges from differences of Gaussians and gradients. */
final class Lines {
  /** Differences up to this level do not count as lines when the typical line is measured. */
  private static final float FAINT = 8;

  /** The least contrast to which lines are scaled. */
  private static final float LEAST_CONTRAST = 16;

  /** The brightness of a typical line. */
  private static final float TYPICAL = 127;

  private Lines() {}

  /**
   * Lines darker than their surroundings in all channels, scaled by their median: A1111's {@code
   * lineart_standard}.
   *
   * @return one channel
   */
  static Raster darker(Raster source) {
    float[] depth = new float[source.width() * source.height()];
    Arrays.fill(depth, Float.MAX_VALUE);
    for (int c = 0; c < source.channels(); c++) {
      float[] blurred = Gauss.plane(source, c, 6);
      for (int i = 0; i < depth.length; i++) {
        depth[i] = Math.min(depth[i], blurred[i] - source.level(i * source.channels() + c));
      }
    }
    for (int i = 0; i < depth.length; i++) {
      depth[i] = Math.max(0, Math.min(255, depth[i]));
    }
    float typical = Math.max(LEAST_CONTRAST, median(depth));
    byte[] lines = new byte[depth.length];
    for (int i = 0; i < lines.length; i++) {
      lines[i] = (byte) Math.min(255, depth[i] / typical * TYPICAL);
    }
    return new Raster(source.width(), source.height(), 1, lines);
  }

  /** Returns the median of what is not faint, 0 if everything is. */
  private static float median(float[] depth) {
    float[] sorted = depth.clone();
    Arrays.sort(sorted);
    int first = 0;
    while (first < sorted.length && sorted[first] <= FAINT) {
      first++;
    }
    int count = sorted.length - first;
    if (count == 0) {
      return 0;
    }
    float upper = sorted[first + count / 2];
    return count % 2 == 1 ? upper : (sorted[first + count / 2 - 1] + upper) / 2;
  }

  /**
   * Strokes where a wide Gaussian is lighter than a narrow one in all channels: A1111's {@code
   * scribble_xdog}.
   *
   * @return one channel, 255 in strokes, else 0
   */
  static Raster strokes(Raster source, double threshold) {
    float[] depth = new float[source.width() * source.height()];
    Arrays.fill(depth, Float.MAX_VALUE);
    for (int c = 0; c < source.channels(); c++) {
      float[] narrow = Gauss.plane(source, c, 0.5);
      float[] wide = Gauss.plane(source, c, 5);
      for (int i = 0; i < depth.length; i++) {
        depth[i] = Math.min(depth[i], wide[i] - narrow[i]);
      }
    }
    byte[] strokes = new byte[depth.length];
    for (int i = 0; i < strokes.length; i++) {
      int inverse = (int) Math.max(0, Math.min(255, 255 - depth[i]));
      // A1111 doubles in 8 bits: very deep lines begin at 0 again.
      int doubled = 2 * (255 - inverse) & 0xff;
      strokes[i] = (byte) (doubled > threshold ? 255 : 0);
    }
    return new Raster(source.width(), source.height(), 1, strokes);
  }

  /**
   * The steepest gradient of the channels after a blur; the steepest hundredth of the image is
   * white.
   *
   * @return one channel
   */
  static Raster gradient(Raster source, double sigma) {
    int width = source.width();
    int height = source.height();
    float[] steepest = new float[width * height];
    for (int c = 0; c < source.channels(); c++) {
      float[] plane = Gauss.plane(source, c, sigma);
      for (int i = 0; i < steepest.length; i++) {
        int x = i % width;
        int row = i - x;
        int left = Math.max(0, x - 1);
        int right = Math.min(width - 1, x + 1);
        int above = Math.max(0, row - width);
        int below = Math.min((height - 1) * width, row + width);
        float across = plane[row + right] - plane[row + left];
        float down = plane[below + x] - plane[above + x];
        steepest[i] = Math.max(steepest[i], (float) Math.hypot(across, down));
      }
    }
    float[] sorted = steepest.clone();
    Arrays.sort(sorted);
    float white = Math.max(LEAST_CONTRAST, sorted[(int) (0.99 * (sorted.length - 1))]);
    byte[] edges = new byte[steepest.length];
    for (int i = 0; i < edges.length; i++) {
      edges[i] = (byte) Math.round(255 * Math.min(1, steepest[i] / white));
    }
    return new Raster(width, height, 1, edges);
  }
}
