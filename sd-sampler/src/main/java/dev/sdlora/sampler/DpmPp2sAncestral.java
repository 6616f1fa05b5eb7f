package dev.sdlora.sampler;

import dev.sdlora.api.value.Checks;
import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.Sigmas;

/**
 * DPM-Solver++(2S): Lu et al. 2022 ("DPM-Solver++"), algorithm 1 with the intermediate point in the
 * middle of the log-SNR, to a level below the next and back with fresh noise, see {@link
 * Ancestral}. Two denoiser calls and one draw of noise per step; a step to level 0 makes one call
 * and draws nothing. With {@code eta} 0, which draws nothing either, second order.
 */
final class DpmPp2sAncestral implements SamplingMethod {
  private final double eta;
  private final double sNoise;

  /** Creates the method with fresh noise, as {@link EulerAncestral#EulerAncestral}. */
  DpmPp2sAncestral(double eta, double sNoise) {
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
      float[] data = denoised;
      if (step.down() > 0) {
        // The midpoint in the log-SNR, -ln(sigma), is the geometric mean of the levels.
        double middle = Math.sqrt(sigma * step.down());
        double keep = middle / sigma;
        data = denoiser.denoise(Latents.combine(keep, x, 1 - keep, denoised), middle);
      }
      double keep = step.down() / sigma;
      x = Latents.combine(keep, x, 1 - keep, data);
      x = step.addNoise(x, sNoise, noise);
      observer.stepEnd(i, sigma, denoised);
    }
    return x;
  }
}
