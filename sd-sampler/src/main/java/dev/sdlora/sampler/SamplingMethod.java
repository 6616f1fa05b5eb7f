package dev.sdlora.sampler;

import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.Sigmas;

/**
 * A numerical method that samples down the noise levels. Implementations are immutable; each
 * documents how often a step calls the denoiser and draws noise.
 */
public interface SamplingMethod {
  /** Returns the rule for its noise levels, and for the form of its latents at both ends. */
  default SigmaRule levels() {
    return SigmaRule.SCHEDULED;
  }

  /**
   * Samples from the first noise level to the last.
   *
   * @param denoiser the model
   * @param start the latent at the first level, in the form of the model's levels; not modified
   * @param sigmas the levels
   * @param noise provides fresh noise only for steps that need it, as many numbers as the latent
   *     has
   * @param observer notified of every step
   * @return the latent at the last level, a new array
   */
  float[] sample(
      Denoiser denoiser, float[] start, Sigmas sigmas, NoiseSource noise, StepObserver observer);

  /**
   * Returns the number of steps that {@link #sample} reports to its observer: one from each level
   * to the next, unless the method overrides this.
   */
  default int steps(Sigmas sigmas) {
    return sigmas.steps();
  }
}
