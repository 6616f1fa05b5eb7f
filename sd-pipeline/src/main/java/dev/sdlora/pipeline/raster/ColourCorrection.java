package dev.sdlora.pipeline.raster;

/**
 * Gives a generated image the colours of its input image, like A1111's "color correction": matches
 * histograms in CIELAB, then restores the brightness of each pixel.
 */
public final class ColourCorrection {
  private static final int LEVELS = 256;

  private ColourCorrection() {}

  /** Returns the image with the colours of another one, which may have another size. */
  public static Raster match(Raster image, Raster colours) {
    byte[] lab = CieLab.fromRgb(image.samples());
    byte[] wanted = CieLab.fromRgb(colours.samples());
    for (int c = 0; c < 3; c++) {
      byte[] levels = matching(histogram(lab, c), histogram(wanted, c));
      for (int i = c; i < lab.length; i += 3) {
        lab[i] = levels[lab[i] & 0xff];
      }
    }
    byte[] matched = CieLab.toRgb(lab);
    byte[] result = new byte[matched.length];
    for (int i = 0; i < matched.length; i += 3) {
      setBrightness(result, i, matched, image);
    }
    return new Raster(image.width(), image.height(), 3, result);
  }

  /** Returns the fraction of pixels at or below each level. */
  private static double[] histogram(byte[] lab, int channel) {
    double[] shares = new double[LEVELS];
    for (int i = channel; i < lab.length; i += 3) {
      shares[lab[i] & 0xff]++;
    }
    int pixels = lab.length / 3;
    double sum = 0;
    for (int level = 0; level < LEVELS; level++) {
      sum += shares[level];
      shares[level] = sum / pixels;
    }
    return shares;
  }

  /** Returns, for each level, the level at the same height in the other histogram, rounded down. */
  private static byte[] matching(double[] from, double[] to) {
    byte[] levels = new byte[LEVELS];
    int lower = -1;
    int upper = next(to, -1);
    for (int level = 0; level < LEVELS; level++) {
      while (to[upper] < from[level]) {
        lower = upper;
        upper = next(to, upper);
      }
      double value = upper;
      if (lower >= 0) {
        value = lower + (upper - lower) * (from[level] - to[lower]) / (to[upper] - to[lower]);
      }
      levels[level] = (byte) value;
    }
    return levels;
  }

  /** Returns the next level that occurs; the last fraction is exactly 1, so there always is one. */
  private static int next(double[] shares, int after) {
    int level = after + 1;
    double below = after < 0 ? 0 : shares[after];
    while (shares[level] == below) {
      level++;
    }
    return level;
  }

  /** Applies the blend mode "luminosity" of W3C's Compositing and Blending Level 1. */
  private static void setBrightness(byte[] result, int at, byte[] colour, Raster brightness) {
    double[] rgb = new double[3];
    double wanted = 0;
    double has = 0;
    for (int c = 0; c < 3; c++) {
      rgb[c] = colour[at + c] & 0xff;
      has += WEIGHTS[c] * rgb[c];
      wanted += WEIGHTS[c] * brightness.level(at + c);
    }
    double least = wanted;
    double most = wanted;
    for (int c = 0; c < 3; c++) {
      rgb[c] += wanted - has;
      least = Math.min(least, rgb[c]);
      most = Math.max(most, rgb[c]);
    }
    // Colours that are out of range at this brightness are moved towards grey.
    double keep = 1;
    if (least < 0) {
      keep = Math.min(keep, wanted / (wanted - least));
    }
    if (most > 255) {
      keep = Math.min(keep, (255 - wanted) / (most - wanted));
    }
    for (int c = 0; c < 3; c++) {
      result[at + c] = (byte) Math.round(wanted + keep * (rgb[c] - wanted));
    }
  }

  private static final double[] WEIGHTS = {0.3, 0.59, 0.11};
}
