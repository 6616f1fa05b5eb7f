package dev.sdlora.sampler.singlestep;

import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.schedule.NoiseForm;

/**
 * {@link Dpm2} steps that go below the next level and return to it with fresh noise, see {@link
 * Ancestral}. Two denoiser calls and one draw of noise per step; a step to level 0 makes one call
 * and draws nothing. With {@code eta} 0, which draws nothing either, second order.
 */
public final class Dpm2Ancestral extends AncestralMethod {
  /** Creates the method with fresh noise, as {@link AncestralMethod#AncestralMethod}. */
  public Dpm2Ancestral(double eta, double sNoise, NoiseForm form) {
    super(eta, sNoise, form);
  }

  @Override
  float[] down(Denoiser denoiser, float[] x, float[] denoised, double sigma, double sigmaDown) {
    return Dpm2.step(denoiser, x, denoised, sigma, sigmaDown);
  }
}
