package dev.sdlora.onnx.pixels;

/** Moves and scales images as OpenCV's {@code warpAffine} does; beyond its edges they are black. */
public final class Warp {
  /** Positions are rounded to fractions of a pixel with this many bits. */
  private static final int BITS = 5;

  /** Positions are computed with this many fractional bits. */
  private static final int EXACT = 10;

  private static final int FRACTION = (1 << BITS) - 1;

  private Warp() {}

  /**
   * Returns the part of an image whose pixel (x, y) is at {@code (left + scale · x, top + scale ·
   * y)}.
   */
  public static Pixels linear(
      Pixels source, int width, int height, double scale, double left, double top) {
    byte[] result = new byte[3 * width * height];
    int half = 1 << (EXACT - BITS - 1);
    for (int y = 0; y < height; y++) {
      long down = Math.round(scale * y * (1 << EXACT));
      int sourceY = (int) ((fixed(top) + half + down) >> (EXACT - BITS));
      for (int x = 0; x < width; x++) {
        long across = Math.round(scale * x * (1 << EXACT));
        int sourceX = (int) ((fixed(left) + half + across) >> (EXACT - BITS));
        for (int c = 0; c < 3; c++) {
          result[3 * (y * width + x) + c] = level(source, sourceX, sourceY, c);
        }
      }
    }
    return new Pixels(width, height, result);
  }

  private static long fixed(double value) {
    return Math.round(value * (1 << EXACT));
  }

  private static byte level(Pixels source, int atX, int atY, int channel) {
    int x = atX >> BITS;
    int y = atY >> BITS;
    int right = atX & FRACTION;
    int below = atY & FRACTION;
    int left = FRACTION + 1 - right;
    int above = FRACTION + 1 - below;
    int sum =
        above * (left * black(source, x, y, channel) + right * black(source, x + 1, y, channel))
            + below
                * (left * black(source, x, y + 1, channel)
                    + right * black(source, x + 1, y + 1, channel));
    return (byte) ((sum + (1 << (2 * BITS - 1))) >> (2 * BITS));
  }

  private static int black(Pixels source, int x, int y, int channel) {
    boolean inside = x >= 0 && x < source.width() && y >= 0 && y < source.height();
    return inside ? source.level(x, y, channel) : 0;
  }
}
