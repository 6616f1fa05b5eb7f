package dev.sdlora.sampler;

import dev.sdlora.api.value.Checks;
import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.Sigmas;

/**
 * Euler steps that go below the next level and return to it with fresh noise, see {@link
 * Ancestral}. With {@code eta} 0 this equals {@link Euler}. One denoiser call per step; one draw of
 * noise per step, except for a last step to level 0 and if {@code eta} is 0.
 */
final class EulerAncestral implements SamplingMethod {
  private final double eta;
  private final double sNoise;

  /**
   * Creates the method with a fraction of fresh noise.
   *
   * @param eta the fraction of ancestral noise, at least 0; 1 is usual
   * @param sNoise the standard deviation of the fresh noise, at least 0; 1 is usual
   */
  EulerAncestral(double eta, double sNoise) {
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
      double keep = step.down() / sigma;
      x = Latents.combine(keep, x, 1 - keep, denoised);
      x = step.addNoise(x, sNoise, noise);
      observer.stepEnd(i, sigma, denoised);
    }
    return x;
  }
}
