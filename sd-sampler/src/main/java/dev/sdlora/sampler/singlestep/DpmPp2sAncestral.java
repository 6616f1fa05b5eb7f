package dev.sdlora.sampler.singlestep;

import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.schedule.NoiseForm;

/**
 * DPM-Solver++(2S): Lu et al. 2022 ("DPM-Solver++"), algorithm 1 with the intermediate point in the
 * middle of the log-SNR, to a level below the next and back with fresh noise, see {@link
 * Ancestral}. Two denoiser calls and one draw of noise per step; a step to level 0 makes one call
 * and draws nothing. With {@code eta} 0, which draws nothing either, second order.
 */
public final class DpmPp2sAncestral extends AncestralMethod {
  /** Creates the method with fresh noise, as {@link AncestralMethod#AncestralMethod}. */
  public DpmPp2sAncestral(double eta, double sNoise, NoiseForm form) {
    super(eta, sNoise, form);
  }

  @Override
  float[] down(Denoiser denoiser, float[] x, float[] denoised, double sigma, double sigmaDown) {
    float[] data = denoised;
    if (sigmaDown > 0) {
      double middle = form().middle(sigma, sigmaDown);
      data = denoiser.denoise(Euler.step(x, denoised, sigma, middle), middle);
    }
    return Euler.step(x, data, sigma, sigmaDown);
  }
}
