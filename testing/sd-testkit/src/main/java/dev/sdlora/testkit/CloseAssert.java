package dev.sdlora.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.Arrays;

/** Compares arrays of numbers, reports the worst element, and rejects NaN and infinity. */
public final class CloseAssert {
  private CloseAssert() {}

  /** Asserts that every element is within {@code atol + rtol·|expected|}. */
  public static void assertClose(double[] actual, double[] expected, double rtol, double atol) {
    assertThat(actual).hasSize(expected.length);
    int worst = -1;
    double worstExcess = 0;
    for (int i = 0; i < expected.length && !Double.isNaN(worstExcess); i++) {
      double excess = Math.abs(actual[i] - expected[i]) - (atol + rtol * Math.abs(expected[i]));
      if (!(excess <= worstExcess)) { // NaN ends up here
        worst = i;
        worstExcess = excess;
      }
    }
    if (worst >= 0) {
      fail(
          "element %s of %s: expected %s but was %s (over tolerance by %s)"
              .formatted(worst, expected.length, expected[worst], actual[worst], worstExcess));
    }
  }

  /**
   * Asserts that every element is within {@code tolerance} times the largest expected magnitude.
   */
  public static void assertCloseToScale(float[] actual, double[] expected, double tolerance) {
    double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    assertClose(toDoubles(actual), expected, 0, tolerance * largest);
  }

  /**
   * Asserts that every element is within {@code tolerance} times the largest expected magnitude.
   *
   * @param tolerance a fraction of the largest magnitude
   */
  public static void assertCloseToScale(float[] actual, float[] expected, double tolerance) {
    assertCloseToScale(actual, toDoubles(expected), tolerance);
  }

  /** Converts floats to doubles. */
  public static double[] toDoubles(float[] numbers) {
    double[] doubles = new double[numbers.length];
    for (int i = 0; i < doubles.length; i++) {
      doubles[i] = numbers[i];
    }
    return doubles;
  }
}
