package dev.sdlora.sampler.singlestep;

import dev.sdlora.api.value.Checks;
import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.Latents;
import dev.sdlora.sampler.SamplingMethod;
import dev.sdlora.sampler.SigmaRule;
import dev.sdlora.sampler.StepObserver;
import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.NoiseLevels;
import dev.sdlora.sampler.schedule.Sigmas;

/**
 * Trajectory consistency: Zheng et al. 2024 ("Trajectory Consistency Distillation"), algorithm 4,
 * strategic stochastic sampling. A step follows the trajectory down to the time {@code (1 - gamma)}
 * times the next, and noise leads up to the next. One denoiser call per step; one draw of noise per
 * step if {@code gamma} is above 0, but none in the last.
 */
public final class Tcd implements SamplingMethod {
  private final NoiseLevels levels;
  private final double gamma;

  /**
   * Creates the method for a model.
   *
   * @param levels the noise that the model was trained on
   * @param gamma the stochasticity, from 0 (none) to 1; 0.3 is usual
   */
  public Tcd(NoiseLevels levels, double gamma) {
    this.levels = levels;
    this.gamma = Checks.inRange(0.0, 1.0, gamma, "gamma");
  }

  @Override
  public SigmaRule levels() {
    return SigmaRule.CONSISTENCY_TIMES_PICKED;
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
      double down = below(sigmaNext);
      x = Euler.step(x, denoised, sigma, down);
      if (down < sigmaNext && i + 1 < sigmas.steps()) {
        double up = Math.sqrt(sigmaNext * sigmaNext - down * down);
        x = Latents.combine(1, x, up, noise.next(x.length));
      }
      observer.stepEnd(i, sigma, denoised);
    }
    return x;
  }

  /**
   * Returns the level at {@code (1 - gamma)} times the time of a level, with the time rounded down.
   */
  private double below(double sigma) {
    if (gamma == 0 || sigma == 0) {
      return sigma;
    }
    long time = Math.round(levels.sigmaToTime(sigma));
    return levels.timeToSigma(Math.floor((1 - gamma) * time));
  }
}
