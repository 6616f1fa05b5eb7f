package dev.sdlora.pipeline.detail;

import dev.sdlora.pipeline.raster.Raster;

/**
 * Dilates and erodes masks by a square, as OpenCV does with {@code MORPH_RECT} and its default
 * anchor: a square of an even side reaches one pixel further to the left and up. Pixels outside the
 * image do not count.
 */
final class Growth {
  private Growth() {}

  /**
   * Returns a mask with the largest level in a square around each pixel, or with the smallest.
   *
   * @param side the side of the square in pixels: positive to dilate, negative to erode
   */
  static Raster grown(Raster mask, int side) {
    if (side == 0) {
      return mask;
    }
    return side > 0 ? dilated(mask, side) : dilated(mask.inverted(), -side).inverted();
  }

  private static Raster dilated(Raster mask, int side) {
    int width = mask.width();
    int height = mask.height();
    byte[] rows = mask.samples().clone();
    for (int y = 0; y < height; y++) {
      line(rows, y * width, 1, width, side);
    }
    for (int x = 0; x < width; x++) {
      line(rows, x, width, height, side);
    }
    return new Raster(width, height, 1, rows);
  }

  /**
   * Replaces the levels of a row or column by the largest in a window. The largest level of twice
   * as many pixels is that of two neighbours.
   */
  private static void line(byte[] levels, int start, int stride, int length, int side) {
    int before = side / 2;
    int[] most = new int[length + side];
    for (int i = 0; i < length; i++) {
      most[before + i] = levels[start + i * stride] & 0xff;
    }
    int reached = 1;
    while (2 * reached <= side) {
      join(most, reached);
      reached *= 2;
    }
    for (int i = 0; i < length; i++) {
      levels[start + i * stride] = (byte) Math.max(most[i], most[i + side - reached]);
    }
  }

  private static void join(int[] most, int reached) {
    for (int i = 0; i + reached < most.length; i++) {
      most[i] = Math.max(most[i], most[i + reached]);
    }
  }
}
