package dev.sdlora.pipeline.raster;

/**
 * Blurs the edge of a mask: a Gaussian truncated after {@code floor(2.5·sigma + 0.5)} pixels on
 * each side, which is the kernel size that A1111 uses with OpenCV. Beyond its edges, the image is
 * mirrored about the outermost pixel.
 */
public final class GaussianBlur {
  private GaussianBlur() {}

  /**
   * Returns a blurred mask.
   *
   * @param mask the mask
   * @param sigma standard deviation in pixels; 0 returns the mask unchanged
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

  /**
   * Filters one dimension: {@code step} is the distance between pixels of a line, {@code stride}
   * that between lines.
   */
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

  /** Returns the pixel of a line that stands at a place inside or beyond its ends. */
  public static int mirrored(int at, int pixels) {
    if (pixels == 1) {
      return 0;
    }
    int period = 2 * (pixels - 1);
    int inside = Math.floorMod(at, period);
    return Math.min(inside, period - inside);
  }
}
