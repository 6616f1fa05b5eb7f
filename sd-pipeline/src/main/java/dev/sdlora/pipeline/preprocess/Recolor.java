package dev.sdlora.pipeline.preprocess;

import dev.sdlora.pipeline.raster.Raster;
import java.util.function.IntUnaryOperator;

/** The lightness and the value of colours, to the bit as OpenCV computes them from 8 bits. */
final class Recolor {
  /** Fractional bits of linear levels. */
  private static final int LINEAR_BITS = 3;

  /** Fractional bits of cube roots. */
  private static final int ROOT_BITS = 12 + LINEAR_BITS;

  /** The luminance of sRGB's primaries in units of 1/4096. */
  private static final int RED = 871;

  private static final int GREEN = 2929;
  private static final int BLUE = 296;

  private static final int[] LINEAR = linear();
  private static final int[] ROOTS = roots();

  private Recolor() {}

  /**
   * Returns the lightness L* of CIELAB, 255 for white. Red and blue are exchanged, because A1111's
   * extension passes its images as if blue came first.
   *
   * @param gamma the exponent of the gamma correction
   * @return one channel
   */
  static Raster luminance(Raster source, double gamma) {
    return corrected(
        source,
        i -> {
          int blue = LINEAR[source.level(i)];
          int green = LINEAR[source.level(i + 1)];
          int red = LINEAR[source.level(i + 2)];
          int root = ROOTS[rounded(RED * red + GREEN * green + BLUE * blue, 12)];
          int scale = (116 * 255 + 50) / 100;
          int black = -((16 * 255 * (1 << ROOT_BITS) + 50) / 100);
          return rounded(scale * root + black, ROOT_BITS);
        },
        gamma);
  }

  /**
   * Returns the largest of red, green and blue.
   *
   * @param gamma the exponent of the gamma correction
   * @return one channel
   */
  static Raster intensity(Raster source, double gamma) {
    return corrected(
        source,
        i -> Math.max(source.level(i), Math.max(source.level(i + 1), source.level(i + 2))),
        gamma);
  }

  /** Computes a level from the index of each pixel's first sample, and raises it to a power. */
  private static Raster corrected(Raster source, IntUnaryOperator level, double gamma) {
    byte[] table = new byte[256];
    for (int i = 0; i < table.length; i++) {
      float share = (float) Math.pow(i / 255f, (float) gamma);
      table[i] = (byte) (int) (share * 255f);
    }
    byte[] levels = new byte[source.width() * source.height()];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = table[level.applyAsInt(3 * i)];
    }
    return new Raster(source.width(), source.height(), 1, levels);
  }

  private static int rounded(int value, int bits) {
    return (value + (1 << (bits - 1))) >> bits;
  }

  /** Returns the linear light of each level of sRGB (IEC 61966-2-1). */
  private static int[] linear() {
    int[] table = new int[256];
    for (int i = 0; i < table.length; i++) {
      double level = i / 255.0;
      double light = level <= 0.04045 ? level / 12.92 : Math.pow((level + 0.055) / 1.055, 2.4);
      table[i] = (int) Math.rint(light * (255 << LINEAR_BITS));
    }
    return table;
  }

  /** Returns the cube root of each luminance, which is linear near 0 (CIE 15). */
  private static int[] roots() {
    int[] table = new int[(255 << LINEAR_BITS) + 1];
    for (int i = 0; i < table.length; i++) {
      double light = i / (double) (255 << LINEAR_BITS);
      double root = light < 216.0 / 24389 ? light * 841 / 108 + 16.0 / 116 : Math.cbrt(light);
      table[i] = (int) Math.rint(root * (1 << ROOT_BITS));
    }
    return table;
  }
}
