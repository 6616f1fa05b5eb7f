package dev.sdlora.training;

/** Checks of settings that name the setting, print the value, and refuse NaN. */
final class Checks {
  private Checks() {}

  static void require(boolean holds, String setting, String what, Object value) {
    if (!holds) {
      throw new IllegalArgumentException(setting + " must " + what + ": " + value);
    }
  }

  static int atLeast(int least, int value, String setting) {
    require(value >= least, setting, "be at least " + least, value);
    return value;
  }

  static int between(int least, int most, int value, String setting) {
    require(value >= least && value <= most, setting, "be from " + least + " to " + most, value);
    return value;
  }

  static double positive(double value, String setting) {
    require(value > 0 && Double.isFinite(value), setting, "be above 0 and finite", value);
    return value;
  }

  static double notNegative(double value, String setting) {
    require(value >= 0 && Double.isFinite(value), setting, "be at least 0 and finite", value);
    return value;
  }

  static IllegalStateException missing(String setting) {
    return new IllegalStateException(setting + " is not set");
  }
}
