package dev.sdlora.sampler;

import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.ConsistencyTimes;
import dev.sdlora.sampler.schedule.NoiseLevels;
import dev.sdlora.sampler.schedule.Sigmas;

/**
 * Latent consistency: Luo et al. 2023 ("Latent Consistency Models"), algorithm 3. Each step takes
 * the whole way to a clean latent, and noise of the next level is added to it. The model is asked
 * at the nearest of the 50 times it was distilled on. One denoiser call a step; one draw of noise a
 * step, except for a last step to level 0.
 */
final class Lcm implements SamplingMethod {
  private static final double SIGMA_DATA = 0.5;
  private static final double TIMESTEP_SCALING = 10;

  private final ConsistencyTimes times;

  /**
   * The method for a model.
   *
   * @param levels the noise that the model was trained on
   */
  Lcm(NoiseLevels levels) {
    this.times = new ConsistencyTimes(levels);
  }

  @Override
  public SigmaRule levels() {
    return SigmaRule.CONSISTENCY_TIMES_SPREAD;
  }

  @Override
  public float[] sample(
      Denoiser denoiser, float[] start, Sigmas sigmas, NoiseSource noise, StepObserver observer) {
    float[] x = start;
    for (int i = 0; i < sigmas.steps(); i++) {
      double sigma = sigmas.at(i);
      double sigmaNext = sigmas.at(i + 1);
      observer.stepStart(i, sigma);
      float[] denoised = consistent(denoiser, x, sigma);
      x = denoised;
      if (sigmaNext > 0) {
        x = Latents.combine(1, denoised, sigmaNext, noise.next(x.length));
      }
      observer.stepEnd(i, sigma, denoised);
    }
    return x;
  }

  /** The consistency function: skips past the model where there is hardly any noise. */
  private float[] consistent(Denoiser denoiser, float[] x, double sigma) {
    int time = times.nearest(sigma);
    double asked = times.sigma(time);
    // The model sees x / sqrt(1 + sigma²), as it is, but is told the time of the other level; the
    // noise that it finds there is what the latent has at this one.
    double toAsked = Math.sqrt((1 + asked * asked) / (1 + sigma * sigma));
    float[] seen = asked == sigma ? x : Latents.scale(toAsked, x);
    float[] clean = denoiser.denoise(seen, asked);
    if (asked != sigma) {
      clean = Latents.combine(1, x, -sigma, Latents.noise(seen, clean, asked));
    }
    double scaled = time * TIMESTEP_SCALING;
    double variance = scaled * scaled + SIGMA_DATA * SIGMA_DATA;
    double skip = SIGMA_DATA * SIGMA_DATA / variance;
    double out = scaled / Math.sqrt(variance);
    return Latents.combine(out, clean, skip / Math.sqrt(1 + sigma * sigma), x);
  }
}
