package dev.sdlora.api.value;

/**
 * Validates arguments and settings. Errors name the setting and its value. All checks reject NaN.
 */
public final class Checks {
  private Checks() {}

  /**
   * Checks a condition.
   *
   * @param holds the condition
   * @param name the name of the setting
   * @param what the end of the sentence {@code NAME must …: VALUE}
   * @param value the invalid value
   * @throws IllegalArgumentException if the condition is false
   */
  public static void require(boolean holds, String name, String what, Object value) {
    if (!holds) {
      throw new SettingException(name, what, value);
    }
  }

  /**
   * Rejects NaN and infinite values.
   *
   * @param value the value
   * @param name the name of the setting
   * @return the value
   * @throws IllegalArgumentException if the value is not finite
   */
  public static double finite(double value, String name) {
    require(Double.isFinite(value), name, "be finite", value);
    return value;
  }

  /**
   * Rejects values below a minimum.
   *
   * @param least the smallest valid value
   * @param value the value
   * @param name the name of the setting
   * @return the value
   * @throws IllegalArgumentException if the value is too small
   */
  public static int atLeast(int least, int value, String name) {
    require(value >= least, name, "be at least " + least, value);
    return value;
  }

  /**
   * Rejects values below a minimum.
   *
   * @param least the smallest valid value
   * @param value the value
   * @param name the name of the setting
   * @return the value
   * @throws IllegalArgumentException if the value is too small
   */
  public static long atLeast(long least, long value, String name) {
    require(value >= least, name, "be at least " + least, value);
    return value;
  }

  /**
   * Rejects values outside a range.
   *
   * @param least the smallest valid value
   * @param most the largest valid value
   * @param value the value
   * @param name the name of the setting
   * @return the value
   * @throws IllegalArgumentException if the value is out of range
   */
  public static int inRange(int least, int most, int value, String name) {
    require(value >= least && value <= most, name, range(least, most), value);
    return value;
  }

  /**
   * Rejects NaN and values outside a range.
   *
   * @param least the smallest valid value
   * @param most the largest valid value
   * @param value the value
   * @param name the name of the setting
   * @return the value
   * @throws IllegalArgumentException if the value is out of range
   */
  public static double inRange(double least, double most, double value, String name) {
    require(value >= least && value <= most, name, range(least, most), value);
    return value;
  }

  private static String range(double least, double most) {
    return "be from " + Decimals.text(least) + " to " + Decimals.text(most);
  }

  /**
   * Rejects values that are negative or not finite.
   *
   * @param value the value
   * @param name the name of the setting
   * @return the value
   * @throws IllegalArgumentException if the value is negative, NaN or infinite
   */
  public static double notNegative(double value, String name) {
    require(value >= 0 && Double.isFinite(value), name, "be finite and not negative", value);
    return value;
  }

  /**
   * Rejects values that are not positive and finite.
   *
   * @param value the value
   * @param name the name of the setting
   * @return the value
   * @throws IllegalArgumentException if the value is 0, negative, NaN or infinite
   */
  public static double positive(double value, String name) {
    require(value > 0 && Double.isFinite(value), name, "be above 0 and finite", value);
    return value;
  }

  /**
   * Rejects values that are not positive multiples of a factor.
   *
   * @param factor the factor
   * @param value the value
   * @param name the name of the setting
   * @return the value
   * @throws IllegalArgumentException if the value is not positive or not a multiple of the factor
   */
  public static int positiveMultipleOf(int factor, int value, String name) {
    require(value > 0 && value % factor == 0, name, "be a positive multiple of " + factor, value);
    return value;
  }

  /**
   * Returns the exception for a required setting that is missing from a builder.
   *
   * @param name the name of the setting
   * @return the exception to throw
   */
  public static IllegalStateException missing(String name) {
    return new IllegalStateException(name + " is not set");
  }
}
