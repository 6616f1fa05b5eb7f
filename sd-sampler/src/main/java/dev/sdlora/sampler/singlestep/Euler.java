package dev.sdlora.sampler.singlestep;

import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.Latents;

/**
 * Euler steps: Karras et al. 2022, algorithm 2 without the second-order correction. One denoiser
 * call per step; noise as specified by {@link Churn}. First order.
 */
public final class Euler extends ChurnedMethod {
  /** Creates the sampler. */
  public Euler(Churn churn) {
    super(churn);
  }

  @Override
  float[] next(Denoiser denoiser, float[] x, float[] denoised, double sigma, double sigmaNext) {
    return step(x, denoised, sigma, sigmaNext);
  }

  /** A step from a level to the next: x + (sigmaNext - sigma)·(x - denoised)/sigma, as a blend. */
  public static float[] step(float[] x, float[] denoised, double sigma, double sigmaNext) {
    double keep = sigmaNext / sigma;
    return Latents.combine(keep, x, 1 - keep, denoised);
  }
}
