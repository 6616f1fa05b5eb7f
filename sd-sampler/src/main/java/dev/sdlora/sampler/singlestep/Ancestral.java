package dev.sdlora.sampler.singlestep;

import dev.sdlora.sampler.Latents;
import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.NoiseForm;

/**
 * The two parts of an ancestral step: down to a level below the next, and up to the next with fresh
 * noise. With eta 1 the noise has the variance of ancestral sampling, Ho et al. 2020, section 3.2,
 * in the variables of Karras et al. 2022. {@code (keep·down)² + up² = sigmaNext²}.
 *
 * @param down the level to step down to
 * @param keep the factor of the latent there, 1 except in a flow
 * @param up the standard deviation of the noise to add there; 0 for none
 */
record Ancestral(double down, double keep, double up) {
  /** Returns the parts of a step with a fraction {@code eta} of the noise. */
  static Ancestral split(double sigma, double sigmaNext, double eta) {
    double ratio = sigmaNext / sigma;
    double up = Math.min(sigmaNext, eta * sigmaNext * Math.sqrt(1 - ratio * ratio));
    return new Ancestral(Math.sqrt(sigmaNext * sigmaNext - up * up), 1, up);
  }

  /**
   * Returns the parts of a step in a form. Those of a flow are ComfyUI's: eta is the fraction of
   * the way from {@code sigmaNext} down to {@code sigmaNext² / sigma}, but never below 0.
   */
  static Ancestral split(NoiseForm form, double sigma, double sigmaNext, double eta) {
    return form.isFlow()
        ? raise(form, sigmaNext * Math.max(0, 1 + (sigmaNext / sigma - 1) * eta), sigmaNext)
        : split(sigma, sigmaNext, eta);
  }

  /** Returns the way up from a level to a higher one; less than pure noise, unless both are. */
  static Ancestral raise(NoiseForm form, double sigma, double higher) {
    double keep = higher == sigma ? 1 : form.signal(higher) / form.signal(sigma);
    double kept = keep * sigma;
    return new Ancestral(sigma, keep, Math.sqrt(Math.max(0, higher * higher - kept * kept)));
  }

  /** Returns the latent with fresh noise; draws only if there is noise to add. */
  float[] addNoise(float[] x, double sNoise, NoiseSource noise) {
    return up > 0 ? Latents.combine(keep, x, sNoise * up, noise.next(x.length)) : x;
  }
}
