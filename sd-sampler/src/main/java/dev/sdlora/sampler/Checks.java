package dev.sdlora.sampler;

/** Checks of what samplers are made with. */
final class Checks {
  private Checks() {}

  static double notNegative(double value, String name) {
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(name + " must be finite and not negative: " + value);
    }
    return value;
  }

  static double share(double value, String name) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(name + " must be from 0 to 1: " + value);
    }
    return value;
  }

  static int order(int order) {
    if (order < 1 || order > 4) {
      throw new IllegalArgumentException("order must be from 1 to 4: " + order);
    }
    return order;
  }
}
