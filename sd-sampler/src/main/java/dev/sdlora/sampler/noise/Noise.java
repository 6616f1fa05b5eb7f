package dev.sdlora.sampler.noise;

import dev.sdlora.api.sampling.Rng;

/** Makes the noise of a seed. */
public final class Noise {
  private Noise() {}

  /**
   * A new generator at its start.
   *
   * @param rng the algorithm
   * @param seed any number, 0 and negative ones included; {@link Rng#CPU} uses only its low 32 bits
   */
  public static NoiseSource of(Rng rng, long seed) {
    return switch (rng) {
      case NV -> new PhiloxNoise(seed);
      case CPU -> new MersenneNoise(seed);
    };
  }

  /** An array for a draw. */
  static float[] room(int count) {
    if (count < 0) {
      throw new IllegalArgumentException("a draw must have at least 0 numbers: " + count);
    }
    return new float[count];
  }
}
