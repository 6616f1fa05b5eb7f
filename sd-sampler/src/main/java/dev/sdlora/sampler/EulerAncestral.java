package dev.sdlora.sampler;

import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.Sigmas;

/**
 * Euler steps that go below the next level and return to it with fresh noise. With {@code eta} 1 a
 * step has the variance of ancestral sampling, Ho et al. 2020, section 3.2, in the variables of
 * Karras et al. 2022; with {@code eta} 0 this is {@link Euler}. One denoiser call a step; one draw
 * of noise a step, except for a last step to level 0 and when {@code eta} is 0.
 */
final class EulerAncestral implements SamplingMethod {
  private final double eta;
  private final double sNoise;

  /**
   * Ancestral steps with a share of fresh noise.
   *
   * @param eta the share of ancestral noise, at least 0; 1 is usual
   * @param sNoise the standard deviation of the fresh noise, at least 0; 1 is usual
   */
  EulerAncestral(double eta, double sNoise) {
    if (!(eta >= 0 && eta < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("eta must be finite and not negative: " + eta);
    }
    if (!(sNoise >= 0 && sNoise < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("sNoise must be finite and not negative: " + sNoise);
    }
    this.eta = eta;
    this.sNoise = sNoise;
  }

  @Override
  public float[] sample(
      Denoiser denoiser, float[] start, Sigmas sigmas, NoiseSource noise, StepObserver observer) {
    float[] x = start;
    for (int i = 0; i < sigmas.steps(); i++) {
      double sigma = sigmas.at(i);
      double sigmaNext = sigmas.at(i + 1);
      observer.stepStart(i, sigma);
      float[] denoised = denoiser.denoise(x, sigma);
      // The new noise makes up for what goes missing: sigmaDown² + sigmaUp² = sigmaNext².
      double ancestral = sigmaNext * Math.sqrt(1 - square(sigmaNext / sigma));
      double sigmaUp = Math.min(sigmaNext, eta * ancestral);
      double sigmaDown = Math.sqrt(square(sigmaNext) - square(sigmaUp));
      double keep = sigmaDown / sigma;
      x = Latents.combine(keep, x, 1 - keep, denoised);
      if (sigmaUp > 0) {
        x = Latents.combine(1, x, sNoise * sigmaUp, noise.next(x.length));
      }
      observer.stepEnd(i, sigma, denoised);
    }
    return x;
  }

  private static double square(double value) {
    return value * value;
  }
}
