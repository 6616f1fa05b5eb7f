package dev.sdlora.sampler;

import dev.sdlora.api.value.Checks;
import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.Sigmas;

/**
 * {@link Dpm2} steps that go below the next level and return to it with fresh noise, see {@link
 * Ancestral}. Two denoiser calls and one draw of noise per step; a step to level 0 makes one call
 * and draws nothing. With {@code eta} 0, which draws nothing either, second order.
 */
final class Dpm2Ancestral implements SamplingMethod {
  private final double eta;
  private final double sNoise;

  /** Creates the method with fresh noise, as {@link EulerAncestral#EulerAncestral}. */
  Dpm2Ancestral(double eta, double sNoise) {
    this.eta = Checks.notNegative(eta, "eta");
    this.sNoise = Checks.notNegative(sNoise, "sNoise");
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
      double sigma = sigmas.at(i);
      observer.stepStart(i, sigma);
      float[] denoised = denoiser.denoise(x, sigma);
      Ancestral step = Ancestral.split(sigma, sigmas.at(i + 1), eta);
      x = Dpm2.step(denoiser, x, denoised, sigma, step.down());
      x = step.addNoise(x, sNoise, noise);
      observer.stepEnd(i, sigma, denoised);
    }
    return x;
  }
}
