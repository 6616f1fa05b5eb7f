package dev.sdlora.sampler.singlestep;

import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.schedule.NoiseForm;

/**
 * Euler steps that go below the next level and return to it with fresh noise, see {@link
 * Ancestral}. With {@code eta} 0 this equals {@link Euler}. One denoiser call per step; one draw of
 * noise per step, except for a last step to level 0 and if {@code eta} is 0.
 */
public final class EulerAncestral extends AncestralMethod {
  /** Creates the method with fresh noise, as {@link AncestralMethod#AncestralMethod}. */
  public EulerAncestral(double eta, double sNoise, NoiseForm form) {
    super(eta, sNoise, form);
  }

  @Override
  float[] down(Denoiser denoiser, float[] x, float[] denoised, double sigma, double sigmaDown) {
    return Euler.step(x, denoised, sigma, sigmaDown);
  }
}
