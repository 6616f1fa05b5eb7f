package dev.sdlora.api.value;

/** Checks of arguments and settings that name what is wrong, print its value, and refuse NaN. */
public final class Checks {
  private Checks() {}

  /**
   * Checks anything.
   *
   * @param what the rest of the sentence {@code NAME must …: VALUE}
   * @throws IllegalArgumentException if it does not hold
   */
  public static void require(boolean holds, String name, String what, Object value) {
    if (!holds) {
      throw new IllegalArgumentException(name + " must " + what + ": " + value);
    }
  }

  /** The value, if it is neither NaN nor infinite. */
  public static double finite(double value, String name) {
    require(Double.isFinite(value), name, "be finite", value);
    return value;
  }

  /** The value, if it is not below the least one. */
  public static int atLeast(int least, int value, String name) {
    require(value >= least, name, "be at least " + least, value);
    return value;
  }

  /** The value, if it is not below the least one. */
  public static long atLeast(long least, long value, String name) {
    require(value >= least, name, "be at least " + least, value);
    return value;
  }

  /** The value, if it is one of a range with both its ends. */
  public static int inRange(int least, int most, int value, String name) {
    require(value >= least && value <= most, name, range(least, most), value);
    return value;
  }

  /** The value, if it is one of a range with both its ends. */
  public static double inRange(double least, double most, double value, String name) {
    require(value >= least && value <= most, name, range(least, most), value);
    return value;
  }

  private static String range(double least, double most) {
    return "be from " + Decimals.text(least) + " to " + Decimals.text(most);
  }

  /** The value, if it is finite and not below 0. */
  public static double notNegative(double value, String name) {
    require(value >= 0 && Double.isFinite(value), name, "be finite and not negative", value);
    return value;
  }

  /** The value, if it is finite and above 0. */
  public static double positive(double value, String name) {
    require(value > 0 && Double.isFinite(value), name, "be above 0 and finite", value);
    return value;
  }

  /** The value, if it is a multiple above 0. */
  public static int positiveMultipleOf(int factor, int value, String name) {
    require(value > 0 && value % factor == 0, name, "be a positive multiple of " + factor, value);
    return value;
  }

  /** What a builder throws without a setting that it needs. */
  public static IllegalStateException missing(String name) {
    return new IllegalStateException(name + " is not set");
  }
}
