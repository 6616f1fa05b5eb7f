package dev.sdlora.api;

/** Argument checks that name the setting, print the value, and refuse NaN. */
final class Checks {
  private Checks() {}

  static double finite(double value, String name) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException(name + " must be finite: " + value);
    }
    return value;
  }

  static int atLeast(int least, int value, String name) {
    if (value < least) {
      throw new IllegalArgumentException(name + " must be at least " + least + ": " + value);
    }
    return value;
  }

  static long atLeast(long least, long value, String name) {
    if (value < least) {
      throw new IllegalArgumentException(name + " must be at least " + least + ": " + value);
    }
    return value;
  }

  static int inRange(int least, int most, int value, String name) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " must be from " + least + " to " + most + ": " + value);
    }
    return value;
  }

  static double inRange(double least, double most, double value, String name) {
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          name + " must be from " + least + " to " + most + ": " + value);
    }
    return value;
  }

  static double notNegative(double value, String name) {
    if (finite(value, name) < 0) {
      throw new IllegalArgumentException(name + " must not be negative: " + value);
    }
    return value;
  }

  static int positiveMultipleOf(int factor, int value, String name) {
    if (value <= 0 || value % factor != 0) {
      throw new IllegalArgumentException(
          name + " must be a positive multiple of " + factor + ": " + value);
    }
    return value;
  }
}
