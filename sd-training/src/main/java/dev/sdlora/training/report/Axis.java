package dev.sdlora.training.report;

import java.awt.Color;
import java.util.stream.Stream;

/** The axis of the values of a chart, which begins at 0. */
final class Axis {
  /** The colour of grid lines in images. */
  static final Color GRID = new Color(0xe4, 0xe4, 0xe4);

  private Axis() {}

  /**
   * Returns the end of an axis: the smallest of 1, 2 or 5 times a power of ten that is not below
   * the largest value, or 1 if that is not positive.
   */
  static double end(double largest) {
    if (!(largest > 0)) {
      return 1;
    }
    double power = Math.pow(10, Math.floor(Math.log10(largest)));
    for (double factor : new double[] {1, 2, 5}) {
      if (largest <= factor * power) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  /** Returns the largest of the values that are finite, 0 if there is none. */
  static double largest(Stream<Double> values) {
    return values.mapToDouble(Double::doubleValue).filter(Double::isFinite).max().orElse(0);
  }
}
