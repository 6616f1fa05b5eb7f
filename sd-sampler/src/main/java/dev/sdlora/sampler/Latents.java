package dev.sdlora.sampler;

import java.util.List;

/** Linear combinations of latents, the only arithmetic that samplers need. */
public final class Latents {
  private Latents() {}

  /** Returns {@code a·x}, each element computed in double and rounded once, in a new array. */
  public static float[] scale(double a, float[] x) {
    float[] scaled = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      scaled[i] = (float) (a * x[i]);
    }
    return scaled;
  }

  /**
   * Returns {@code a·x + b·y}, each element computed in double and rounded once, in a new array.
   *
   * @throws IllegalArgumentException if the lengths differ
   */
  public static float[] combine(double a, float[] x, double b, float[] y) {
    requireLength(x.length, y);
    float[] combined = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      combined[i] = (float) (a * x[i] + b * y[i]);
    }
    return combined;
  }

  /**
   * Returns {@code a·x + b·y + c·z}, each element computed in double and rounded once, in a new
   * array.
   *
   * @throws IllegalArgumentException if the lengths differ
   */
  public static float[] combine(double a, float[] x, double b, float[] y, double c, float[] z) {
    return sum(new double[] {a, b, c}, List.of(x, y, z));
  }

  /**
   * Returns the weighted sum of latents, each element computed in double and rounded once, in a new
   * array.
   *
   * @param weights one for each latent
   * @param latents at least one
   * @throws IllegalArgumentException if the lengths differ
   */
  public static float[] sum(double[] weights, List<float[]> latents) {
    float[] sum = new float[latents.get(0).length];
    for (float[] latent : latents) {
      requireLength(sum.length, latent);
    }
    for (int i = 0; i < sum.length; i++) {
      double element = 0;
      for (int k = 0; k < weights.length; k++) {
        element += weights[k] * latents.get(k)[i];
      }
      sum[i] = (float) element;
    }
    return sum;
  }

  /** Returns the noise in a latent, {@code (x - denoised) / sigma}, in a new array. */
  public static float[] noise(float[] x, float[] denoised, double sigma) {
    return combine(1 / sigma, x, -1 / sigma, denoised);
  }

  private static void requireLength(int length, float[] latent) {
    if (latent.length != length) {
      throw new IllegalArgumentException(
          "latents must have the same length: " + length + " and " + latent.length);
    }
  }
}
