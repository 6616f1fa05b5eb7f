package dev.sdlora.demo;

import java.util.stream.IntStream;

/** A colour in CIE Lab under D65, in which distances correspond to perceived differences. */
public record Lab(double lightness, double a, double b) {
  private static final int FINE = 1 << 16;

  // Lookup tables, because powers and roots would take most of the time for an image.
  private static final double[] LINEAR =
      IntStream.rangeClosed(0, 255 * 16).mapToDouble(i -> exactLinear(i / (255.0 * 16))).toArray();
  private static final double[] RESPONSE =
      IntStream.rangeClosed(0, FINE + FINE / 64)
          .mapToDouble(i -> exactResponse((double) i / FINE))
          .toArray();

  /** Converts sRGB values of 0 to 255. */
  public static Lab ofRgb(double red, double green, double blue) {
    double r = linear(red);
    double g = linear(green);
    double b = linear(blue);
    double x = response((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
    double y = response(0.2126 * r + 0.7152 * g + 0.0722 * b);
    double z = response((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
    return new Lab(116 * y - 16, 500 * (x - y), 200 * (y - z));
  }

  /** Returns the Euclidean distance. */
  public double distance(Lab other) {
    double dl = lightness - other.lightness;
    double da = a - other.a;
    double db = b - other.b;
    return Math.sqrt(dl * dl + da * da + db * db);
  }

  private static double linear(double value) {
    return LINEAR[(int) Math.round(value * 16)];
  }

  private static double response(double value) {
    return RESPONSE[(int) Math.round(value * FINE)];
  }

  private static double exactLinear(double value) {
    return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
  }

  private static double exactResponse(double value) {
    return value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16.0 / 116;
  }
}
