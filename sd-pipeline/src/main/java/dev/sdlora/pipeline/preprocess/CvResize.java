package dev.sdlora.pipeline.preprocess;

import dev.sdlora.pipeline.raster.Raster;

/**
 * Resizes images with the filters and the arithmetic of OpenCV's {@code resize}, which differ from
 * Pillow's: edges found afterwards depend on single levels.
 */
final class CvResize {
  /** Weights of the cubic filter are integers with this many fractional bits. */
  private static final int BITS = 11;

  private static final float CUBIC = -0.75f;

  /** The number of values that OpenCV computes at once. */
  private static final int LANES = 8;

  private CvResize() {}

  /** Takes the pixel at the same place ({@code INTER_NEAREST}). */
  static Raster nearest(Raster source, int width, int height) {
    int channels = source.channels();
    byte[] result = new byte[width * height * channels];
    double across = 1 / ((double) width / source.width());
    double down = 1 / ((double) height / source.height());
    for (int y = 0; y < height; y++) {
      int fromY = Math.min(source.height() - 1, (int) Math.floor(y * down));
      for (int x = 0; x < width; x++) {
        int fromX = Math.min(source.width() - 1, (int) Math.floor(x * across));
        System.arraycopy(
            source.samples(),
            (fromY * source.width() + fromX) * channels,
            result,
            (y * width + x) * channels,
            channels);
      }
    }
    return new Raster(width, height, channels, result);
  }

  /** The source pixels of one new pixel, with their weights. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Taps(int first, float[] weights) {}

  /**
   * Averages the area of each new pixel ({@code INTER_AREA}). If the image grows, a new pixel has
   * the colour of the old one that it lies in, and mixes two where it lies across their edge.
   */
  static Raster area(Raster source, int width, int height) {
    if (source.width() == width && source.height() == height) {
      return source;
    }
    if (width > source.width() || height > source.height()) {
      return enlarged(source, width, height);
    }
    double across = 1 / ((double) width / source.width());
    double down = 1 / ((double) height / source.height());
    if (isWhole(across) && isWhole(down)) {
      return mean(source, width, height, (int) Math.rint(across), (int) Math.rint(down));
    }
    int channels = source.channels();
    Taps[] columns = new Taps[width];
    for (int x = 0; x < width; x++) {
      columns[x] = areaTaps(x, across, source.width());
    }
    byte[] result = new byte[width * height * channels];
    float[] sums = new float[width * channels];
    for (int y = 0; y < height; y++) {
      Taps rows = areaTaps(y, down, source.height());
      for (int row = 0; row < rows.weights.length; row++) {
        int from = (rows.first + row) * source.width() * channels;
        float weight = rows.weights[row];
        for (int i = 0; i < sums.length; i++) {
          Taps taps = columns[i / channels];
          int at = from + taps.first * channels + i % channels;
          float sum = 0;
          for (float share : taps.weights) {
            sum += source.level(at) * share;
            at += channels;
          }
          sums[i] = row == 0 ? weight * sum : sums[i] + weight * sum;
        }
      }
      for (int i = 0; i < sums.length; i++) {
        result[y * sums.length + i] = level(Math.rint(sums[i]));
      }
    }
    return new Raster(width, height, channels, result);
  }

  /** The first of two neighbours, and the share of the second, as an integer of BITS bits. */
  private record Pair(int first, int share) {}

  private static Pair areaPair(int to, int size, int from) {
    double grown = (double) size / from;
    int first = (int) Math.floor(to * (1 / grown));
    float share = (float) (to + 1 - (first + 1) * grown);
    share = share <= 0 ? 0 : share - (float) Math.floor(share);
    return first >= from - 1
        ? new Pair(from - 1, 0)
        : new Pair(first, (int) Math.rint(share * (1 << BITS)));
  }

  private static Raster enlarged(Raster source, int width, int height) {
    int channels = source.channels();
    int one = 1 << BITS;
    byte[] result = new byte[width * height * channels];
    Pair[] columns = new Pair[width];
    for (int x = 0; x < width; x++) {
      columns[x] = areaPair(x, width, source.width());
    }
    for (int y = 0; y < height; y++) {
      Pair rows = areaPair(y, height, source.height());
      int upper = rows.first * source.width();
      int lower = Math.min(source.height() - 1, rows.first + 1) * source.width();
      for (int i = 0; i < width * channels; i++) {
        Pair pair = columns[i / channels];
        int left = pair.first * channels + i % channels;
        int right = Math.min(source.width() - 1, pair.first + 1) * channels + i % channels;
        int above =
            source.level(upper * channels + left) * (one - pair.share)
                + source.level(upper * channels + right) * pair.share;
        int below =
            source.level(lower * channels + left) * (one - pair.share)
                + source.level(lower * channels + right) * pair.share;
        // OpenCV drops bits on the way, which shows in single levels.
        int sum = (((one - rows.share) * (above >> 4)) >> 16) + ((rows.share * (below >> 4)) >> 16);
        result[y * width * channels + i] = (byte) ((sum + 2) >> 2);
      }
    }
    return new Raster(width, height, channels, result);
  }

  private static boolean isWhole(double scale) {
    return Math.abs(scale - Math.rint(scale)) < Math.ulp(1.0);
  }

  private static Raster mean(Raster source, int width, int height, int across, int down) {
    int channels = source.channels();
    byte[] result = new byte[width * height * channels];
    float share = 1f / (across * down);
    for (int i = 0; i < result.length; i++) {
      int x = i / channels % width;
      int y = i / channels / width;
      int sum = 0;
      for (int dy = 0; dy < down; dy++) {
        int at = ((y * down + dy) * source.width() + x * across) * channels + i % channels;
        for (int dx = 0; dx < across; dx++) {
          sum += source.level(at + dx * channels);
        }
      }
      boolean halved = across == 2 && down == 2;
      result[i] = halved ? (byte) ((sum + 2) >> 2) : level(Math.rint(sum * share));
    }
    return new Raster(width, height, channels, result);
  }

  private static Taps areaTaps(int to, double scale, int size) {
    double begin = to * scale;
    double end = begin + scale;
    double covered = Math.min(scale, size - begin);
    int last = Math.min((int) Math.floor(end), size - 1);
    int first = Math.min((int) Math.ceil(begin), last);
    boolean before = first - begin > 1e-3;
    boolean after = end - last > 1e-3;
    float[] weights = new float[last - first + (before ? 1 : 0) + (after ? 1 : 0)];
    int at = 0;
    if (before) {
      weights[at++] = (float) ((first - begin) / covered);
    }
    for (int i = first; i < last; i++) {
      weights[at++] = (float) (1 / covered);
    }
    if (after) {
      weights[at] = (float) (Math.min(Math.min(end - last, 1), covered) / covered);
    }
    return new Taps(before ? first - 1 : first, weights);
  }

  /** Convolves with a cubic of a = −0.75, which never widens ({@code INTER_CUBIC}). */
  static Raster cubic(Raster source, int width, int height) {
    if (source.width() == width && source.height() == height) {
      return source;
    }
    int channels = source.channels();
    double across = 1 / ((double) width / source.width());
    double down = 1 / ((double) height / source.height());
    int pitch = width * channels;
    int[][] columns = new int[width][];
    for (int x = 0; x < width; x++) {
      columns[x] = cubicWeights(x, across);
    }
    byte[] result = new byte[pitch * height];
    int[][] rows = new int[4][];
    int[] held = {-1, -1, -1, -1};
    for (int y = 0; y < height; y++) {
      int first = (int) Math.floor(centre(y, down)) - 1;
      int[][] lines = new int[4][];
      for (int k = 0; k < 4; k++) {
        int from = Math.max(0, Math.min(source.height() - 1, first + k));
        if (held[from % 4] != from) {
          rows[from % 4] = wide(source, from, columns, across);
          held[from % 4] = from;
        }
        lines[k] = rows[from % 4];
      }
      vertical(lines, cubicWeights(y, down), result, y * pitch, pitch);
    }
    return new Raster(width, height, channels, result);
  }

  private static float centre(int to, double scale) {
    return (float) ((to + 0.5) * scale - 0.5);
  }

  private static int[] cubicWeights(int to, double scale) {
    float centre = centre(to, scale);
    float x = centre - (float) Math.floor(centre);
    float[] weights = new float[4];
    weights[0] = ((CUBIC * (x + 1) - 5 * CUBIC) * (x + 1) + 8 * CUBIC) * (x + 1) - 4 * CUBIC;
    weights[1] = ((CUBIC + 2) * x - (CUBIC + 3)) * x * x + 1;
    weights[2] = ((CUBIC + 2) * (1 - x) - (CUBIC + 3)) * (1 - x) * (1 - x) + 1;
    weights[3] = 1f - weights[0] - weights[1] - weights[2];
    int[] fixed = new int[4];
    for (int k = 0; k < 4; k++) {
      fixed[k] = (int) Math.rint(weights[k] * (1 << BITS));
    }
    return fixed;
  }

  /** Resizes the columns of one row. */
  private static int[] wide(Raster source, int y, int[][] weights, double scale) {
    int channels = source.channels();
    int[] row = new int[weights.length * channels];
    for (int x = 0; x < weights.length; x++) {
      int first = (int) Math.floor(centre(x, scale)) - 1;
      for (int k = 0; k < 4; k++) {
        int from = Math.max(0, Math.min(source.width() - 1, first + k));
        int at = (y * source.width() + from) * channels;
        for (int c = 0; c < channels; c++) {
          row[x * channels + c] += source.level(at + c) * weights[x][k];
        }
      }
    }
    return row;
  }

  /** Sums four rows: in floats where OpenCV uses vectors, in integers for the rest of the row. */
  private static void vertical(int[][] rows, int[] weights, byte[] result, int to, int length) {
    float unit = 1f / (1 << (2 * BITS));
    float[] shares = new float[4];
    for (int k = 0; k < 4; k++) {
      shares[k] = weights[k] * unit;
    }
    int inVectors = length - length % LANES;
    for (int i = 0; i < length; i++) {
      if (i < inVectors) {
        float sum = rows[3][i] * shares[3];
        sum = rows[2][i] * shares[2] + sum;
        sum = rows[1][i] * shares[1] + sum;
        sum = rows[0][i] * shares[0] + sum;
        result[to + i] = level(Math.rint(sum));
      } else {
        int sum = 1 << (2 * BITS - 1);
        for (int k = 0; k < 4; k++) {
          sum += rows[k][i] * weights[k];
        }
        result[to + i] = level(sum >> (2 * BITS));
      }
    }
  }

  private static byte level(double value) {
    return (byte) Math.max(0, Math.min(255, value));
  }
}
