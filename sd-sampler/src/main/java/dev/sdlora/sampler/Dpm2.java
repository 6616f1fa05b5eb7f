package dev.sdlora.sampler;

import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.Sigmas;

/**
 * DPM-Solver-2: Lu et al. 2022, algorithm 1, with the slope at the geometric middle of a step, on
 * levels as in Karras et al. 2022. Two denoiser calls per step, one for a step to level 0; noise as
 * specified by {@link Churn}. Second order.
 */
final class Dpm2 implements SamplingMethod {
  private final Churn churn;

  Dpm2(Churn churn) {
    this.churn = churn;
  }

  @Override
  public SigmaRule levels() {
    return SigmaRule.SCHEDULED;
  }

  @Override
  public float[] sample(
      Denoiser denoiser, float[] start, Sigmas sigmas, NoiseSource noise, StepObserver observer) {
    float[] x = start;
    for (int i = 0; i < sigmas.steps(); i++) {
      observer.stepStart(i, sigmas.at(i));
      Churn.Noised from = churn.addNoise(x, sigmas.at(i), sigmas.steps(), noise);
      float[] denoised = denoiser.denoise(from.x(), from.sigma());
      x = step(denoiser, from.x(), denoised, from.sigma(), sigmas.at(i + 1));
      observer.stepEnd(i, sigmas.at(i), denoised);
    }
    return x;
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
