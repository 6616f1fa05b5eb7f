package dev.sdlora.sampler.singlestep;

import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.Latents;

/**
 * DPM-Solver-2: Lu et al. 2022, algorithm 1, with the slope at the geometric middle of a step, on
 * levels as in Karras et al. 2022. Two denoiser calls per step, one for a step to level 0; noise as
 * specified by {@link Churn}. Second order.
 */
public final class Dpm2 extends ChurnedMethod {
  /** Creates the sampler. */
  public Dpm2(Churn churn) {
    super(churn);
  }

  @Override
  float[] next(Denoiser denoiser, float[] x, float[] denoised, double sigma, double sigmaNext) {
    return step(denoiser, x, denoised, sigma, sigmaNext);
  }

  /** Steps from a level to the next, given the prediction at the start. */
  static float[] step(
      Denoiser denoiser, float[] x, float[] denoised, double sigma, double sigmaNext) {
    double middle = Math.sqrt(sigma * sigmaNext);
    double keep = middle / sigma;
    float[] there = Latents.combine(keep, x, 1 - keep, denoised);
    if (sigmaNext == 0) {
      return there;
    }
    float[] slope = Latents.noise(there, denoiser.denoise(there, middle), middle);
    return Latents.combine(1, x, sigmaNext - sigma, slope);
  }
}
