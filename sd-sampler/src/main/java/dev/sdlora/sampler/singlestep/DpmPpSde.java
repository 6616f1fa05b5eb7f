package dev.sdlora.sampler.singlestep;

import dev.sdlora.api.value.Checks;
import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.Latents;
import dev.sdlora.sampler.SamplingMethod;
import dev.sdlora.sampler.StepObserver;
import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.NoiseForm;
import dev.sdlora.sampler.schedule.Sigmas;

/**
 * DPM-Solver++ for the stochastic equation, single step: the data prediction of Lu et al. 2022
 * ("DPM-Solver++"), algorithm 1, with ancestral noise to the middle of the log-SNR and again to the
 * end, both from one path. Two denoiser calls and two draws between levels per step; a step to
 * level 0 makes one call and draws nothing. With {@code eta} 0, which draws nothing either, second
 * order.
 */
public final class DpmPpSde implements SamplingMethod {
  private final double eta;
  private final double sNoise;
  private final NoiseForm form;

  /** Creates the method with fresh noise, as {@link AncestralMethod#AncestralMethod}. */
  public DpmPpSde(double eta, double sNoise, NoiseForm form) {
    this.eta = Checks.notNegative(eta, "eta");
    this.sNoise = Checks.notNegative(sNoise, "sNoise");
    this.form = form;
  }

  @Override
  public float[] sample(
      Denoiser denoiser, float[] start, Sigmas whole, NoiseSource noise, StepObserver observer) {
    Sigmas sigmas = form.belowPureNoise(whole);
    float[] x = start;
    for (int i = 0; i < sigmas.steps(); i++) {
      double sigma = sigmas.at(i);
      double sigmaNext = sigmas.at(i + 1);
      observer.stepStart(i, sigma);
      float[] denoised = denoiser.denoise(x, sigma);
      float[] data = denoised;
      NoiseSource toNext = noise;
      if (sigmaNext > 0) {
        double middle = form.middle(sigma, sigmaNext);
        NoiseSource toMiddle;
        if (form.isFlow()) {
          toNext = count -> noise.between(sigma, sigmaNext, count);
          toMiddle = count -> noise.between(sigma, middle, count);
        } else {
          float from = logSnr(sigma);
          float to = logSnr(sigmaNext);
          toNext = between(noise, from, to);
          toMiddle = between(noise, from, from + (to - from) / 2);
        }
        data = denoiser.denoise(step(x, denoised, sigma, middle, toMiddle), middle);
      }
      x = step(x, data, sigma, sigmaNext, toNext);
      observer.stepEnd(i, sigma, denoised);
    }
    return x;
  }

  /**
   * Returns the noise between two levels as k-diffusion computes them, the exponentials of floats:
   * a path is so rough that their last bit matters.
   */
  private static NoiseSource between(NoiseSource noise, float logSnr, float logSnrNext) {
    float sigma = (float) Math.exp(-logSnr);
    float sigmaNext = (float) Math.exp(-logSnrNext);
    return count -> noise.between(sigma, sigmaNext, count);
  }

  private static float logSnr(double sigma) {
    return (float) -Math.log((float) sigma);
  }

  /** Steps down towards a prediction, and up with noise to the next level. */
  private float[] step(float[] x, float[] data, double sigma, double sigmaNext, NoiseSource noise) {
    double from = form.ratio(sigma);
    double signal = form.signal(sigmaNext);
    Ancestral step = Ancestral.split(from, form.ratio(sigmaNext), eta);
    double keep = step.down() / from;
    float[] there =
        Latents.combine(signal / form.signal(sigma) * keep, x, signal * (1 - keep), data);
    return step.addNoise(there, signal * sNoise, noise);
  }
}
