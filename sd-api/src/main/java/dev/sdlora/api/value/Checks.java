package dev.sdlora.api.value;

/** Checks of arguments and settings that name what is wrong, print its value, and refuse NaN. */
public final class Checks {
  private Checks() {}

  /**
   * Checks anything.
   *
   * @param holds whether all is well
   * @param name what the value is called where it is set
   * @param what the rest of the sentence {@code NAME must …: VALUE}
   * @param value as it was set
   * @throws IllegalArgumentException if it does not hold
   */
  public static void require(boolean holds, String name, String what, Object value) {
    if (!holds) {
      throw new SettingException(name, what, value);
    }
  }

  /**
   * Refuses NaN and the infinities.
   *
   * @param value as it was set
   * @param name what it is called where it is set
   * @return the value
   * @throws IllegalArgumentException if it is not finite
   */
  public static double finite(double value, String name) {
    require(Double.isFinite(value), name, "be finite", value);
    return value;
  }

  /**
   * Refuses what is too small.
   *
   * @param least the smallest value that is right
   * @param value as it was set
   * @param name what it is called where it is set
   * @return the value
   * @throws IllegalArgumentException if it is smaller
   */
  public static int atLeast(int least, int value, String name) {
    require(value >= least, name, "be at least " + least, value);
    return value;
  }

  /**
   * Refuses what is too small.
   *
   * @param least the smallest value that is right
   * @param value as it was set
   * @param name what it is called where it is set
   * @return the value
   * @throws IllegalArgumentException if it is smaller
   */
  public static long atLeast(long least, long value, String name) {
    require(value >= least, name, "be at least " + least, value);
    return value;
  }

  /**
   * Refuses what is out of a range.
   *
   * @param least the smallest value that is right
   * @param most the largest value that is right
   * @param value as it was set
   * @param name what it is called where it is set
   * @return the value
   * @throws IllegalArgumentException if it is out of range
   */
  public static int inRange(int least, int most, int value, String name) {
    require(value >= least && value <= most, name, range(least, most), value);
    return value;
  }

  /**
   * Refuses what is out of a range, and NaN.
   *
   * @param least the smallest value that is right
   * @param most the largest value that is right
   * @param value as it was set
   * @param name what it is called where it is set
   * @return the value
   * @throws IllegalArgumentException if it is out of range
   */
  public static double inRange(double least, double most, double value, String name) {
    require(value >= least && value <= most, name, range(least, most), value);
    return value;
  }

  private static String range(double least, double most) {
    return "be from " + Decimals.text(least) + " to " + Decimals.text(most);
  }

  /**
   * Refuses what is negative or not finite.
   *
   * @param value as it was set
   * @param name what it is called where it is set
   * @return the value
   * @throws IllegalArgumentException if it is below 0, NaN or infinite
   */
  public static double notNegative(double value, String name) {
    require(value >= 0 && Double.isFinite(value), name, "be finite and not negative", value);
    return value;
  }

  /**
   * Refuses what is not above 0 or not finite.
   *
   * @param value as it was set
   * @param name what it is called where it is set
   * @return the value
   * @throws IllegalArgumentException if it is 0 or below, NaN or infinite
   */
  public static double positive(double value, String name) {
    require(value > 0 && Double.isFinite(value), name, "be above 0 and finite", value);
    return value;
  }

  /**
   * Refuses what is no multiple above 0.
   *
   * @param factor what it has to be a multiple of
   * @param value as it was set
   * @param name what it is called where it is set
   * @return the value
   * @throws IllegalArgumentException if it is 0 or below, or no multiple
   */
  public static int positiveMultipleOf(int factor, int value, String name) {
    require(value > 0 && value % factor == 0, name, "be a positive multiple of " + factor, value);
    return value;
  }

  /**
   * Says that a builder lacks a setting.
   *
   * @param name what is not set
   * @return what the builder throws
   */
  public static IllegalStateException missing(String name) {
    return new IllegalStateException(name + " is not set");
  }
}
