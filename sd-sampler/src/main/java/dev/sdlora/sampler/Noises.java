package dev.sdlora.sampler;

/** Checks of the numbers that say how much noise a sampler adds. */
final class Noises {
  private Noises() {}

  static double requireNotNegative(double value, String name) {
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(name + " must be finite and not negative: " + value);
    }
    return value;
  }
}
