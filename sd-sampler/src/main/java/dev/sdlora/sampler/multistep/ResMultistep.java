package dev.sdlora.sampler.multistep;

import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.Latents;
import dev.sdlora.sampler.SamplingMethod;
import dev.sdlora.sampler.StepObserver;
import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.Sigmas;

/**
 * The refined exponential solver in its multistep form: Zhang et al. 2023 ("Improved Order Analysis
 * and Design of Exponential Integrator for Diffusion Models Sampling"), data prediction, as in
 * ComfyUI. It integrates the line through the predictions of this step and the previous one exactly
 * over the log-SNR. One denoiser call per step; draws no noise. Second order; the first step, and a
 * last step to level 0, is first order.
 */
public final class ResMultistep implements SamplingMethod {
  @Override
  public float[] sample(
      Denoiser denoiser, float[] start, Sigmas sigmas, NoiseSource noise, StepObserver observer) {
    float[] x = start;
    float[] previous = start; // replaced before its first use, in the second step
    for (int i = 0; i < sigmas.steps(); i++) {
      double sigma = sigmas.at(i);
      double sigmaNext = sigmas.at(i + 1);
      observer.stepStart(i, sigma);
      float[] denoised = denoiser.denoise(x, sigma);
      double keep = sigmaNext / sigma;
      double slope = 0;
      if (i > 0 && sigmaNext > 0) {
        // A prediction that changes by 1 over the step adds 1 - (1 - exp(-h)) / h.
        double h = Math.log(sigma / sigmaNext);
        slope = (1 - (1 - keep) / h) * h / Math.log(sigmas.at(i - 1) / sigma);
      }
      x = Latents.combine(keep, x, 1 - keep + slope, denoised, -slope, previous);
      previous = denoised;
      observer.stepEnd(i, sigma, denoised);
    }
    return x;
  }
}
