package dev.sdlora.sampler.multistep;

import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.Latents;
import dev.sdlora.sampler.SamplingMethod;
import dev.sdlora.sampler.StepObserver;
import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.Sigmas;
import dev.sdlora.sampler.singlestep.Euler;

/**
 * DPM-Solver++(2M): Lu et al. 2022 ("DPM-Solver++"), algorithm 2, data prediction. One denoiser
 * call per step; draws no noise. Second order, from the predictions of this step and the previous
 * one; the first step, and a last step to level 0, is first order.
 *
 * <p>The paper steps in the log-SNR, {@code lambda = -ln(sigma)} for latents in the form used here,
 * by {@code h = lambdaNext - lambda}. Its factor {@code exp(-h)} is then {@code sigmaNext / sigma}.
 */
public final class DpmPp2m implements SamplingMethod {
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
      float[] data = denoised;
      if (i > 0 && sigmaNext > 0) {
        double h = Math.log(sigma / sigmaNext);
        double r = Math.log(sigmas.at(i - 1) / sigma) / h;
        data = Latents.combine(1 + 1 / (2 * r), denoised, -1 / (2 * r), previous);
      }
      x = Euler.step(x, data, sigma, sigmaNext);
      previous = denoised;
      observer.stepEnd(i, sigma, denoised);
    }
    return x;
  }
}
