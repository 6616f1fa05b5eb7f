package dev.sdlora.pipeline.raster;

/**
 * Softens the edge of a mask: a Gaussian cut off after {@code floor(2.5·sigma + 0.5)} pixels on
 * each side, which is A1111's choice of OpenCV's kernel. Outside the image its pixels are mirrored
 * about the outermost one.
 */
public final class GaussianBlur {
  private GaussianBlur() {}

  /**
   * A softened mask.
   *
   * @param sigma standard deviation in pixels; 0 changes nothing
   */
  public static Raster blur(Raster mask, double sigma) {
    if (sigma == 0) {
      return mask;
    }
    double[] kernel = kernel(sigma);
    int width = mask.width();
    int height = mask.height();
    double[] values = new double[width * height];
    for (int i = 0; i < values.length; i++) {
      values[i] = mask.level(i);
    }
    double[] rows = along(values, kernel, width, height, 1, width);
    double[] both = along(rows, kernel, height, width, width, 1);
    byte[] levels = new byte[both.length];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (byte) Math.round(both[i]);
    }
    return new Raster(width, height, 1, levels);
  }

  private static double[] kernel(double sigma) {
    int radius = (int) (2.5 * sigma + 0.5);
    double[] kernel = new double[2 * radius + 1];
    double sum = 0;
    for (int i = 0; i < kernel.length; i++) {
      kernel[i] = Math.exp(-Math.pow((i - radius) / sigma, 2) / 2);
      sum += kernel[i];
    }
    for (int i = 0; i < kernel.length; i++) {
      kernel[i] /= sum;
    }
    return kernel;
  }

  /** Filters lines of a number of pixels that lie a step apart; lines lie a stride apart. */
  private static double[] along(
      double[] values, double[] kernel, int pixels, int lines, int step, int stride) {
    double[] result = new double[values.length];
    int radius = kernel.length / 2;
    for (int line = 0; line < lines; line++) {
      for (int at = 0; at < pixels; at++) {
        double sum = 0;
        for (int k = 0; k < kernel.length; k++) {
          int from = mirrored(at + k - radius, pixels);
          sum += kernel[k] * values[line * stride + from * step];
        }
        result[line * stride + at * step] = sum;
      }
    }
    return result;
  }

  private static int mirrored(int at, int pixels) {
    if (pixels == 1) {
      return 0;
    }
    int period = 2 * (pixels - 1);
    int inside = Math.floorMod(at, period);
    return Math.min(inside, period - inside);
  }
}
