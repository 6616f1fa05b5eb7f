package dev.sdlora.sampler;

import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.Sigmas;

/**
 * Euler steps: Karras et al. 2022, algorithm 2 without the second-order correction. One denoiser
 * call per step; noise as specified by {@link Churn}. First order.
 */
final class Euler implements SamplingMethod {
  private final Churn churn;

  Euler(Churn churn) {
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
      // x + (sigmaNext - sigma)·(x - denoised)/sigma, written as a blend of the two.
      double keep = sigmas.at(i + 1) / from.sigma();
      x = Latents.combine(keep, from.x(), 1 - keep, denoised);
      observer.stepEnd(i, sigmas.at(i), denoised);
    }
    return x;
  }
}
