package dev.sdlora.sampler.multistep;

import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.Latents;
import dev.sdlora.sampler.SamplingMethod;
import dev.sdlora.sampler.SigmaRule;
import dev.sdlora.sampler.StepObserver;
import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.Sigmas;
import dev.sdlora.sampler.singlestep.Heun;
import java.util.ArrayList;
import java.util.List;

/**
 * PLMS: Liu et al. 2022 ("Pseudo Numerical Methods for Diffusion Models on Manifolds"), equation
 * 12, started by a pseudo improved Euler step instead of Runge-Kutta, as in Rombach et al. 2022.
 * The weights of Adams and Bashforth for even steps are applied to the noise of the last four
 * steps, although the steps are uneven in the level. One denoiser call per step and one more in the
 * first, which takes the mean of both ends; draws no noise.
 */
public final class Plms implements SamplingMethod {
  /** Indexed by the number of known slopes, the newest first. */
  private static final double[][] WEIGHTS = {
    {3.0 / 2, -1.0 / 2},
    {23.0 / 12, -16.0 / 12, 5.0 / 12},
    {55.0 / 24, -59.0 / 24, 37.0 / 24, -9.0 / 24}
  };

  /** Returns the weights of two to four slopes, the newest first. */
  static double[] weights(int slopes) {
    return WEIGHTS[slopes - 2].clone();
  }

  @Override
  public SigmaRule levels() {
    return SigmaRule.TRAINING_TIMES;
  }

  @Override
  public float[] sample(
      Denoiser denoiser, float[] start, Sigmas sigmas, NoiseSource noise, StepObserver observer) {
    float[] x = start;
    List<float[]> slopes = new ArrayList<>(); // the newest first
    for (int i = 0; i < sigmas.steps(); i++) {
      double sigma = sigmas.at(i);
      double sigmaNext = sigmas.at(i + 1);
      observer.stepStart(i, sigma);
      float[] denoised = denoiser.denoise(x, sigma);
      slopes.add(0, Latents.noise(x, denoised, sigma));
      if (slopes.size() > 4) {
        slopes.remove(4);
      }
      if (i == 0) {
        x = Heun.step(denoiser, x, denoised, sigma, sigmaNext);
      } else {
        float[] slope = Latents.sum(weights(slopes.size()), slopes);
        x = Latents.combine(1, x, sigmaNext - sigma, slope);
      }
      observer.stepEnd(i, sigma, denoised);
    }
    return x;
  }
}
