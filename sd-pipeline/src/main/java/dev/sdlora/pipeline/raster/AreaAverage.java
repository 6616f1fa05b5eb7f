package dev.sdlora.pipeline.raster;

/**
 * Resizes a mask without ringing: each new pixel is the mean of the area it covers, including parts
 * of pixels, whether the mask is reduced or enlarged.
 */
public final class AreaAverage {
  private AreaAverage() {}

  /** Resizes a mask, rounded to levels; returns the same mask if the size does not change. */
  public static Raster resize(Raster mask, int width, int height) {
    if (mask.width() == width && mask.height() == height) {
      return mask;
    }
    float[] shares = shares(mask, width, height);
    byte[] levels = new byte[shares.length];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (byte) Math.round(255 * shares[i]);
    }
    return new Raster(width, height, 1, levels);
  }

  /**
   * Resizes a mask to fractions.
   *
   * @return [height][width], 0 to 1
   */
  public static float[] shares(Raster mask, int width, int height) {
    float[] values = new float[mask.width() * mask.height()];
    for (int i = 0; i < values.length; i++) {
      values[i] = mask.level(i) / 255f;
    }
    float[] wide = along(values, mask.width(), width, mask.height(), 1, mask.width(), 1, width);
    return along(wide, mask.height(), height, width, width, 1, width, 1);
  }

  /**
   * Resizes one dimension: {@code step} is the distance between pixels of a line, {@code stride}
   * that between lines.
   */
  private static float[] along(
      float[] values,
      int from,
      int to,
      int lines,
      int step,
      int stride,
      int newStep,
      int newStride) {
    float[] result = new float[to * lines];
    double scale = (double) from / to;
    for (int at = 0; at < to; at++) {
      double begin = at * scale;
      double end = Math.min(from, (at + 1) * scale);
      int first = (int) begin;
      int last = Math.min(from - 1, (int) Math.ceil(end) - 1);
      for (int line = 0; line < lines; line++) {
        double sum = 0;
        for (int pixel = first; pixel <= last; pixel++) {
          double under = Math.min(pixel + 1, end) - Math.max(pixel, begin);
          sum += under * values[line * stride + pixel * step];
        }
        result[line * newStride + at * newStep] = (float) (sum / (end - begin));
      }
    }
    return result;
  }
}
