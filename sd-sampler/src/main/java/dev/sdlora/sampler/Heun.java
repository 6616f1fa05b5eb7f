package dev.sdlora.sampler;

import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.Sigmas;

/**
 * Heun steps: Karras et al. 2022, algorithm 2. Two denoiser calls per step, one for a step to level
 * 0; noise as specified by {@link Churn}. Second order.
 */
final class Heun implements SamplingMethod {
  private final Churn churn;

  Heun(Churn churn) {
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
