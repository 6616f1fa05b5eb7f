package dev.sdlora.sampler;

import dev.sdlora.sampler.noise.NoiseSource;

/**
 * The two parts of an ancestral step: down to a level below the next, and up to the next with fresh
 * noise. With eta 1 the noise has the variance of ancestral sampling, Ho et al. 2020, section 3.2,
 * in the variables of Karras et al. 2022. {@code down² + up² = sigmaNext²}.
 *
 * @param down the level to step down to
 * @param up the standard deviation of the noise to add there; 0 for none
 */
record Ancestral(double down, double up) {
  /** Returns the parts of a step with a fraction {@code eta} of the noise. */
  static Ancestral split(double sigma, double sigmaNext, double eta) {
    double ratio = sigmaNext / sigma;
    double up = Math.min(sigmaNext, eta * sigmaNext * Math.sqrt(1 - ratio * ratio));
    return new Ancestral(Math.sqrt(sigmaNext * sigmaNext - up * up), up);
  }

  /** Returns the latent with fresh noise; draws only if there is noise to add. */
  float[] addNoise(float[] x, double sNoise, NoiseSource noise) {
    return up > 0 ? Latents.combine(1, x, sNoise * up, noise.next(x.length)) : x;
  }
}
