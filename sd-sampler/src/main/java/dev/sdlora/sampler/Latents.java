package dev.sdlora.sampler;

/** Linear combinations of latents, which is all the arithmetic that samplers need. */
final class Latents {
  private Latents() {}

  /** {@code a·x}, each element computed in double and rounded once; a new array. */
  static float[] scale(double a, float[] x) {
    float[] scaled = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      scaled[i] = (float) (a * x[i]);
    }
    return scaled;
  }

  /**
   * {@code a·x + b·y}, each element computed in double and rounded once; a new array.
   *
   * @throws IllegalArgumentException if the lengths differ
   */
  static float[] combine(double a, float[] x, double b, float[] y) {
    if (x.length != y.length) {
      throw new IllegalArgumentException(
          "latents must be of one length: " + x.length + " and " + y.length);
    }
    float[] combined = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      combined[i] = (float) (a * x[i] + b * y[i]);
    }
    return combined;
  }
}
