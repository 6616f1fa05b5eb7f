package dev.sdlora.pipeline.raster;

/**
 * Converts between sRGB and CIE 1976 L*a*b* (white point D65), both in bytes: L is scaled from 100
 * to 255, a and b are offset by 128. Intermediate values are rounded as in OpenCV, because
 * histogram matching depends on single levels.
 */
final class CieLab {
  /** Linear light is rounded to this many levels. */
  private static final double LIGHT = 255 * 8;

  /** Cube roots are rounded to this fraction. */
  private static final double CUBE_ROOT = 1 << 15;

  /** Linear sRGB to XYZ (IEC 61966-2-1); rows are divided by the white point, in 4096ths. */
  private static final double[][] TO_XYZ = {
    {1777, 1541, 778},
    {871, 2929, 296},
    {73, 448, 3575}
  };

  private static final double[][] FROM_XYZ = {
    {3.240479 * 0.950456, -1.53715, -0.498535 * 1.088754},
    {-0.969256 * 0.950456, 1.875991, 0.041556 * 1.088754},
    {0.055648 * 0.950456, -0.204043, 1.057311 * 1.088754}
  };

  private static final double KNEE = 6.0 / 29;

  private CieLab() {}

  /**
   * Returns L, a and b of pixels.
   *
   * @param rgb [pixels][3]
   */
  static byte[] fromRgb(byte[] rgb) {
    double[] linear = new double[256];
    for (int level = 0; level < linear.length; level++) {
      linear[level] = Math.rint(LIGHT * linear(level / 255.0));
    }
    byte[] lab = new byte[rgb.length];
    double[] f = new double[3];
    for (int i = 0; i < rgb.length; i += 3) {
      for (int k = 0; k < 3; k++) {
        double[] row = TO_XYZ[k];
        double sum =
            row[0] * linear[rgb[i] & 0xff]
                + row[1] * linear[rgb[i + 1] & 0xff]
                + row[2] * linear[rgb[i + 2] & 0xff];
        double root = compressed(Math.floor(sum / 4096 + 0.5) / LIGHT);
        f[k] = Math.rint(root * CUBE_ROOT) / CUBE_ROOT;
      }
      // 116 · 2.55 is 295.8; OpenCV uses an integer.
      lab[i] = level(296 * f[1] - 16 * 2.55);
      lab[i + 1] = level(500 * (f[0] - f[1]) + 128);
      lab[i + 2] = level(200 * (f[1] - f[2]) + 128);
    }
    return lab;
  }

  /** The inverse; colours outside sRGB are clamped. */
  static byte[] toRgb(byte[] lab) {
    byte[] rgb = new byte[lab.length];
    for (int i = 0; i < lab.length; i += 3) {
      double fy = ((lab[i] & 0xff) * 100 / 255.0 + 16) / 116;
      double x = expanded(fy + ((lab[i + 1] & 0xff) - 128) / 500.0);
      double y = expanded(fy);
      double z = expanded(fy - ((lab[i + 2] & 0xff) - 128) / 200.0);
      for (int c = 0; c < 3; c++) {
        double[] row = FROM_XYZ[c];
        rgb[i + c] = level(255 * gamma(row[0] * x + row[1] * y + row[2] * z));
      }
    }
    return rgb;
  }

  private static byte level(double value) {
    return (byte) Math.max(0, Math.min(255, Math.round(value)));
  }

  private static double linear(double value) {
    return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
  }

  private static double gamma(double value) {
    return value <= 0.0031308 ? 12.92 * value : 1.055 * Math.pow(value, 1 / 2.4) - 0.055;
  }

  private static double compressed(double t) {
    return t > KNEE * KNEE * KNEE ? Math.cbrt(t) : t / (3 * KNEE * KNEE) + 4.0 / 29;
  }

  private static double expanded(double f) {
    return f > KNEE ? f * f * f : 3 * KNEE * KNEE * (f - 4.0 / 29);
  }
}
