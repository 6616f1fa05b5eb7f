package dev.sdlora.sampler;

import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.Sigmas;

/**
 * A way to walk down the noise levels. Implementations are immutable; each documents how often a
 * step calls the denoiser and draws noise.
 */
interface SamplingMethod {
  /** Which noise levels it walks down, and the form of its latents at their ends. */
  SigmaRule levels();

  /**
   * Walks from the first noise level to the last.
   *
   * @param denoiser the model
   * @param start the latent at the first level, {@code clean + sigma·noise}; not modified
   * @param sigmas the levels
   * @param noise drawn from only when a step needs fresh noise, as many numbers as the latent has
   * @param observer told of every step
   * @return the latent at the last level, a new array
   */
  float[] sample(
      Denoiser denoiser, float[] start, Sigmas sigmas, NoiseSource noise, StepObserver observer);

  /**
   * How many steps {@link #sample} tells its observer of: one from each level to the next, unless
   * the method has its own way.
   */
  default int steps(Sigmas sigmas) {
    return sigmas.steps();
  }
}
