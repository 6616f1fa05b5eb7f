package dev.sdlora.pipeline.raster;

/**
 * Fills the masked area with the surrounding colours: the rest of the image, in layers of
 * decreasing blur. The radii are A1111's; unlike there, the layers are not rounded to levels.
 */
public final class MaskFill {
  /** Standard deviations in pixels, and the number of times each layer is applied. */
  private static final int[][] LAYERS = {{256, 1}, {64, 1}, {16, 2}, {4, 4}, {2, 2}, {0, 1}};

  private static final int BOXES = 3;

  private MaskFill() {}

  /**
   * Returns an image with the masked area filled.
   *
   * @param image three channels
   * @param mask a mask of the same size; pixels at 255 are ignored, pixels at 0 are unchanged
   * @return black if everything is masked
   */
  public static Raster fill(Raster image, Raster mask) {
    int pixels = image.width() * image.height();
    float[][] seen = new float[4][pixels];
    for (int i = 0; i < pixels; i++) {
      float cover = (255 - mask.level(i)) / 255f;
      for (int c = 0; c < 3; c++) {
        seen[c][i] = image.level(3 * i + c) * cover;
      }
      seen[3][i] = cover;
    }
    float[][] sum = new float[4][pixels];
    for (int[] layer : LAYERS) {
      float[][] blurred = new float[4][];
      for (int c = 0; c < 4; c++) {
        blurred[c] = blur(seen[c], image.width(), image.height(), layer[0]);
      }
      for (int repeat = 0; repeat < layer[1]; repeat++) {
        layOver(sum, blurred);
      }
    }
    return colours(sum, image.width(), image.height());
  }

  /** Draws one layer over another, with premultiplied colours (Porter and Duff 1984, "over"). */
  private static void layOver(float[][] below, float[][] above) {
    for (int i = 0; i < below[3].length; i++) {
      float open = 1 - above[3][i];
      for (int c = 0; c < 4; c++) {
        below[c][i] = above[c][i] + below[c][i] * open;
      }
    }
  }

  private static Raster colours(float[][] sum, int width, int height) {
    byte[] samples = new byte[3 * width * height];
    for (int i = 0; i < samples.length; i++) {
      float cover = sum[3][i / 3];
      float level = cover > 0 ? sum[i % 3][i / 3] / cover : 0;
      samples[i] = (byte) Math.min(255, Math.round(level));
    }
    return new Raster(width, height, 3, samples);
  }

  /**
   * Approximates a Gaussian with three box filters of fractional width, at a cost independent of
   * the deviation (Gwosdek et al. 2011).
   */
  private static float[] blur(float[] values, int width, int height, double sigma) {
    if (sigma == 0) {
      return values;
    }
    double variance = sigma * sigma / BOXES;
    int whole = (int) ((Math.sqrt(12 * variance + 1) - 1) / 2);
    double share =
        (2 * whole + 1)
            * (whole * (whole + 1) - 3 * variance)
            / (6 * (variance - (double) (whole + 1) * (whole + 1)));
    float[] result = values.clone();
    double[] line = new double[Math.max(width, height)];
    for (int pass = 0; pass < BOXES; pass++) {
      for (int y = 0; y < height; y++) {
        box(result, y * width, 1, line, width, whole, share);
      }
      for (int x = 0; x < width; x++) {
        box(result, x, width, line, height, whole, share);
      }
    }
    return result;
  }

  /** Averages one line in place; its ends are repeated beyond it. */
  private static void box(
      float[] values, int from, int step, double[] line, int length, int whole, double share) {
    for (int i = 0; i < length; i++) {
      line[i] = values[from + i * step];
    }
    double sum = 0;
    for (int i = -whole; i <= whole; i++) {
      sum += at(line, i, length);
    }
    double size = 2 * whole + 1 + 2 * share;
    for (int i = 0; i < length; i++) {
      double ends = at(line, i - whole - 1, length) + at(line, i + whole + 1, length);
      values[from + i * step] = (float) ((sum + share * ends) / size);
      sum += at(line, i + whole + 1, length) - at(line, i - whole, length);
    }
  }

  private static double at(double[] line, int i, int length) {
    return line[Math.max(0, Math.min(length - 1, i))];
  }
}
