package dev.sdlora.sampler.schedule;

import java.util.Arrays;
import java.util.Objects;

/**
 * The noise levels of a sampling run, one more than its steps. Strictly decreasing, finite, at
 * least two, and none below 0, so that samplers need no checks of their own. Only the last can be
 * exactly 0, which means no noise. Immutable.
 */
public final class Sigmas {
  private final double[] values;

  private Sigmas(double[] values) {
    this.values = values;
  }

  /**
   * Creates a list of these levels.
   *
   * @throws IllegalArgumentException if there are fewer than two, one is infinite or NaN, one is
   *     not below the previous one, or the last is negative; the message contains the index and the
   *     values
   */
  public static Sigmas of(double... values) {
    double[] checked = values.clone();
    if (checked.length < 2) {
      throw new IllegalArgumentException(
          "there must be at least two sigmas: " + Arrays.toString(checked));
    }
    for (int i = 0; i < checked.length; i++) {
      // Both conditions are written so that they are false for NaN.
      if (!(checked[i] >= 0 && checked[i] < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "sigmas must be finite and not negative: sigma[" + i + "]=" + checked[i]);
      }
      if (i > 0 && !(checked[i] < checked[i - 1])) {
        throw new IllegalArgumentException(
            "sigmas must strictly decrease: sigma[%s]=%s, sigma[%s]=%s"
                .formatted(i - 1, checked[i - 1], i, checked[i]));
      }
    }
    return new Sigmas(checked);
  }

  /**
   * Returns the number of steps, at least 1; the levels are {@code at(0)} to {@code at(steps())}.
   */
  public int steps() {
    return values.length - 1;
  }

  /**
   * Returns the noise level before step {@code i}, which is also the one after step {@code i - 1}.
   *
   * @throws IndexOutOfBoundsException if {@code i < 0} or {@code i > steps()}
   */
  public double at(int i) {
    return values[i];
  }

  /** Returns the last level above 0: the last of all or, before a final 0, the next to last. */
  public double lastPositive() {
    double last = values[values.length - 1];
    return last > 0 ? last : values[values.length - 2];
  }

  /**
   * Returns the levels without the next to last, which A1111 can discard.
   *
   * @throws IllegalStateException if there is only one step
   */
  public Sigmas withoutNextToLast() {
    if (steps() < 2) {
      throw new IllegalStateException("a single step has no level to discard: " + this);
    }
    double[] fewer = Arrays.copyOf(values, values.length - 1);
    fewer[fewer.length - 1] = values[values.length - 1];
    return new Sigmas(fewer);
  }

  /**
   * Returns the levels from index {@code first} on.
   *
   * @throws IndexOutOfBoundsException if fewer than two levels remain
   */
  public Sigmas from(int first) {
    Objects.checkIndex(first, steps());
    return new Sigmas(Arrays.copyOfRange(values, first, values.length));
  }

  /**
   * Returns the levels with another first one.
   *
   * @throws IllegalArgumentException if it is not above the second
   */
  Sigmas startingAt(double first) {
    double[] moved = values.clone();
    moved[0] = first;
    return of(moved);
  }

  /** Returns the levels in order, such as {@code [14.6, 3.1, 0.0]}. */
  @Override
  public String toString() {
    return Arrays.toString(values);
  }
}
