package dev.sdlora.sampler.singlestep;

import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.Latents;

/**
 * Heun steps: Karras et al. 2022, algorithm 2. Two denoiser calls per step, one for a step to level
 * 0; noise as specified by {@link Churn}. Second order.
 */
public final class Heun extends ChurnedMethod {
  /** Creates the sampler. */
  public Heun(Churn churn) {
    super(churn);
  }

  @Override
  float[] next(Denoiser denoiser, float[] x, float[] denoised, double sigma, double sigmaNext) {
    return step(denoiser, x, denoised, sigma, sigmaNext);
  }

  /** Steps from a level to the next, given the prediction at the start. */
  public static float[] step(
      Denoiser denoiser, float[] x, float[] denoised, double sigma, double sigmaNext) {
    double keep = sigmaNext / sigma;
    float[] there = Latents.combine(keep, x, 1 - keep, denoised);
    if (sigmaNext == 0) {
      return there;
    }
    float[] denoisedThere = denoiser.denoise(there, sigmaNext);
    float[] slope = Latents.noise(x, denoised, sigma);
    float[] slopeThere = Latents.noise(there, denoisedThere, sigmaNext);
    double half = (sigmaNext - sigma) / 2;
    return Latents.combine(1, x, half, slope, half, slopeThere);
  }
}
