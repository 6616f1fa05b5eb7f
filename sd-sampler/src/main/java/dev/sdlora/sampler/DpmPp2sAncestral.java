package dev.sdlora.sampler;

/**
 * DPM-Solver++(2S): Lu et al. 2022 ("DPM-Solver++"), algorithm 1 with the intermediate point in the
 * middle of the log-SNR, to a level below the next and back with fresh noise, see {@link
 * Ancestral}. Two denoiser calls and one draw of noise per step; a step to level 0 makes one call
 * and draws nothing. With {@code eta} 0, which draws nothing either, second order.
 */
final class DpmPp2sAncestral extends AncestralMethod {
  /** Creates the method with fresh noise, as {@link AncestralMethod#AncestralMethod}. */
  DpmPp2sAncestral(double eta, double sNoise) {
    super(eta, sNoise);
  }

  @Override
  float[] down(Denoiser denoiser, float[] x, float[] denoised, double sigma, double sigmaDown) {
    float[] data = denoised;
    if (sigmaDown > 0) {
      // The midpoint in the log-SNR, -ln(sigma), is the geometric mean of the levels.
      double middle = Math.sqrt(sigma * sigmaDown);
      data = denoiser.denoise(Euler.step(x, denoised, sigma, middle), middle);
    }
    return Euler.step(x, data, sigma, sigmaDown);
  }
}
