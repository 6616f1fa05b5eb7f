package dev.sdlora.sampler.noise;

import dev.sdlora.api.sampling.Rng;

/** Creates the noise of a seed. */
public final class Noise {
  private Noise() {}

  /**
   * Returns a new generator at its start.
   *
   * @param rng the algorithm
   * @param seed any number, including 0 and negative ones; {@link Rng#CPU} uses only its low 32
   *     bits
   */
  public static NoiseSource of(Rng rng, long seed) {
    return switch (rng) {
      case NV -> new PhiloxNoise(seed);
      case CPU -> new MersenneNoise(seed);
    };
  }

  /** Allocates the array of a draw. */
  static float[] room(int count) {
    if (count < 0) {
      throw new IllegalArgumentException("the count of a draw must not be negative: " + count);
    }
    return new float[count];
  }
}
