package dev.sdlora.onnx.pixels;

/**
 * Resizes with a linear filter that does not widen when it reduces: OpenCV's {@code INTER_LINEAR},
 * PyTorch's {@code bilinear} without aligned corners.
 */
public final class Linear {
  /** Weights of samples of 8 bits are integers with this many fractional bits. */
  private static final int BITS = 11;

  private Linear() {}

  /** The two source positions of each new one, and the share of the second. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Taps(int[] first, int[] second, float[] share) {
    static Taps of(int from, int to, boolean splits) {
      int[] first = new int[to];
      int[] second = new int[to];
      float[] share = new float[to];
      double scale = (double) from / to;
      for (int i = 0; i < to; i++) {
        float at = (float) ((i + 0.5) * scale - 0.5);
        int before = (int) Math.floor(at);
        share[i] = at - before;
        // At edges both are the same; OpenCV splits the weight of rows, but not that of columns.
        boolean inside = 0 <= before && before < from - 1;
        share[i] = splits || inside ? share[i] : 0;
        first[i] = Math.max(0, Math.min(before, from - 1));
        second[i] = Math.max(0, Math.min(before + 1, from - 1));
      }
      return new Taps(first, second, share);
    }
  }

  /** Resizes an image with the arithmetic of OpenCV, to the same levels. */
  public static Pixels resize(Pixels source, int width, int height) {
    if (source.width() == width && source.height() == height) {
      return source;
    }
    if (source.width() == 2 * width && source.height() == 2 * height) {
      return halved(source, width, height);
    }
    Taps columns = Taps.of(source.width(), width, false);
    Taps rows = Taps.of(source.height(), height, true);
    byte[] result = new byte[width * height * 3];
    int[] above = new int[width * 3];
    int[] below = new int[width * 3];
    for (int y = 0; y < height; y++) {
      row(source, rows.first[y], columns, above);
      row(source, rows.second[y], columns, below);
      int one = fixed(1 - rows.share[y]);
      int other = fixed(rows.share[y]);
      for (int i = 0; i < above.length; i++) {
        int sum = ((one * (above[i] >> 4)) >> 16) + ((other * (below[i] >> 4)) >> 16);
        result[y * above.length + i] = (byte) Math.min(255, (sum + 2) >> 2);
      }
    }
    return new Pixels(width, height, result);
  }

  private static int fixed(float share) {
    return (int) Math.rint(share * (1 << BITS));
  }

  private static void row(Pixels source, int y, Taps columns, int[] result) {
    for (int x = 0; x < columns.share.length; x++) {
      int one = fixed(1 - columns.share[x]);
      int other = fixed(columns.share[x]);
      for (int c = 0; c < 3; c++) {
        result[3 * x + c] =
            source.level(columns.first[x], y, c) * one
                + source.level(columns.second[x], y, c) * other;
      }
    }
  }

  /** OpenCV averages four pixels when both sides are halved. */
  private static Pixels halved(Pixels source, int width, int height) {
    byte[] result = new byte[width * height * 3];
    for (int i = 0; i < result.length; i++) {
      int c = i % 3;
      int x = 2 * (i / 3 % width);
      int y = 2 * (i / 3 / width);
      int sum =
          source.level(x, y, c)
              + source.level(x + 1, y, c)
              + source.level(x, y + 1, c)
              + source.level(x + 1, y + 1, c);
      result[i] = (byte) ((sum + 2) >> 2);
    }
    return new Pixels(width, height, result);
  }

  /** Resizes one channel of floats. */
  public static Plane resize(Plane source, int width, int height) {
    if (source.width() == width && source.height() == height) {
      return source;
    }
    Taps columns = Taps.of(source.width(), width, false);
    Taps rows = Taps.of(source.height(), height, true);
    float[] result = new float[width * height];
    float[] values = source.values();
    for (int y = 0; y < height; y++) {
      int above = rows.first[y] * source.width();
      int below = rows.second[y] * source.width();
      float down = rows.share[y];
      for (int x = 0; x < width; x++) {
        float across = columns.share[x];
        int first = columns.first[x];
        int second = columns.second[x];
        float top = values[above + first] * (1 - across) + values[above + second] * across;
        float bottom = values[below + first] * (1 - across) + values[below + second] * across;
        result[y * width + x] = top * (1 - down) + bottom * down;
      }
    }
    return new Plane(width, height, result);
  }
}
