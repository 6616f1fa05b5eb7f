package dev.sdlora.pipeline.raster;

/**
 * Approximates a Gaussian blur with three box filters of fractional width, at a cost independent of
 * the deviation (Gwosdek et al. 2011). As in Pillow, levels are rounded to bytes after each filter,
 * and all filters run along rows before they run along columns.
 */
final class BoxBlur {
  private static final int BOXES = 3;

  /** The fixed point of weights: 24 bits. */
  private static final int ONE = 1 << 24;

  private final int whole;
  private final long weight;
  private final long endWeight;

  /**
   * Creates a box filter.
   *
   * @param radius half its width, without the middle
   */
  private BoxBlur(float radius) {
    this.whole = (int) radius;
    this.weight = (long) (ONE / (radius * 2 + 1));
    this.endWeight = (ONE - (2L * whole + 1) * weight) / 2;
  }

  /**
   * Returns blurred levels, 0 to 255.
   *
   * @param levels [height][width][channels]; not modified
   * @param sigma the standard deviation in pixels; 0 copies
   */
  static int[] gaussian(int[] levels, int width, int height, int channels, double sigma) {
    int[] result = levels.clone();
    if (sigma == 0) {
      return result;
    }
    BoxBlur box = new BoxBlur(radius(sigma));
    int[] line = new int[Math.max(width, height)];
    for (int y = 0; y < height; y++) {
      for (int c = 0; c < channels; c++) {
        box.blur(result, y * width * channels + c, channels, line, width);
      }
    }
    for (int x = 0; x < width * channels; x++) {
      box.blur(result, x, width * channels, line, height);
    }
    return result;
  }

  /** Returns the radius of boxes that together have a variance. */
  private static float radius(double sigma) {
    double variance = sigma * sigma / BOXES;
    double whole = Math.floor((Math.sqrt(12 * variance + 1) - 1) / 2);
    double share =
        (2 * whole + 1)
            * (whole * (whole + 1) - 3 * variance)
            / (6 * (variance - (whole + 1) * (whole + 1)));
    return (float) (whole + share);
  }

  /** Blurs one line in place; its ends are repeated beyond it. */
  private void blur(int[] levels, int from, int step, int[] line, int length) {
    for (int pass = 0; pass < BOXES; pass++) {
      for (int i = 0; i < length; i++) {
        line[i] = levels[from + i * step];
      }
      long sum = 0;
      for (int i = -whole; i <= whole; i++) {
        sum += at(line, i, length);
      }
      for (int i = 0; i < length; i++) {
        int before = at(line, i - whole - 1, length);
        int after = at(line, i + whole + 1, length);
        levels[from + i * step] =
            (int) ((sum * weight + (before + after) * endWeight + ONE / 2) / ONE);
        sum += after - at(line, i - whole, length);
      }
    }
  }

  private static int at(int[] line, int i, int length) {
    return line[Math.max(0, Math.min(length - 1, i))];
  }
}
