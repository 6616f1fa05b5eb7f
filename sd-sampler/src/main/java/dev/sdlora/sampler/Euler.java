package dev.sdlora.sampler;

import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.Sigmas;

/**
 * Euler steps: Karras et al. 2022, algorithm 2 without churn and without the second-order
 * correction. One denoiser call a step; draws no noise. First order.
 */
final class Euler implements SamplingMethod {
  @Override
  public float[] sample(
      Denoiser denoiser, float[] start, Sigmas sigmas, NoiseSource noise, StepObserver observer) {
    float[] x = start;
    for (int i = 0; i < sigmas.steps(); i++) {
      double sigma = sigmas.at(i);
      observer.stepStart(i, sigma);
      float[] denoised = denoiser.denoise(x, sigma);
      // x + (sigmaNext - sigma)·(x - denoised)/sigma, as a blend of the two.
      double keep = sigmas.at(i + 1) / sigma;
      x = Latents.combine(keep, x, 1 - keep, denoised);
      observer.stepEnd(i, sigma, denoised);
    }
    return x;
  }
}
