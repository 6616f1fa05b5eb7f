package dev.sdlora.sampler.singlestep;

import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.Latents;
import dev.sdlora.sampler.SamplingMethod;
import dev.sdlora.sampler.SigmaRule;
import dev.sdlora.sampler.StepObserver;
import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.ConsistencyTimes;
import dev.sdlora.sampler.schedule.NoiseForm;
import dev.sdlora.sampler.schedule.NoiseLevels;
import dev.sdlora.sampler.schedule.Sigmas;

/**
 * Latent consistency: Luo et al. 2023 ("Latent Consistency Models"), algorithm 3. Each step goes
 * all the way to a clean latent, and adds noise of the next level to it. The model is called at the
 * nearest of the 50 times on which it was distilled. One denoiser call per step; one draw of noise
 * per step, except for a last step to level 0.
 *
 * <p>Flows have no such times: the levels are those of the schedule, and the model is called there.
 */
public final class Lcm implements SamplingMethod {
  private static final double SIGMA_DATA = 0.5;
  private static final double TIMESTEP_SCALING = 10;

  private final NoiseForm form;
  private final ConsistencyTimes times;

  /**
   * Creates the method for a model.
   *
   * @param levels the noise that the model was trained on
   */
  public Lcm(NoiseLevels levels) {
    this.form = levels.form();
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
      float[] denoised =
          form.isFlow() ? denoiser.denoise(x, sigma) : consistent(denoiser, x, sigma);
      x = denoised;
      if (sigmaNext > 0) {
        x = Latents.combine(form.signal(sigmaNext), denoised, sigmaNext, noise.next(x.length));
      }
      observer.stepEnd(i, sigma, denoised);
    }
    return x;
  }

  /** The consistency function: mostly skips the model if there is hardly any noise. */
  private float[] consistent(Denoiser denoiser, float[] x, double sigma) {
    int time = times.nearest(sigma);
    double reached = times.sigma(time);
    // The model sees the correct x / sqrt(1 + sigma²), but the time of the other level; the noise
    // that it finds there equals that of the latent at this level.
    double toReached = Math.sqrt((1 + reached * reached) / (1 + sigma * sigma));
    float[] seen = reached == sigma ? x : Latents.scale(toReached, x);
    float[] clean = denoiser.denoise(seen, reached);
    if (reached != sigma) {
      clean = Latents.combine(1, x, -sigma, Latents.noise(seen, clean, reached));
    }
    double scaled = time * TIMESTEP_SCALING;
    double variance = scaled * scaled + SIGMA_DATA * SIGMA_DATA;
    double skip = SIGMA_DATA * SIGMA_DATA / variance;
    double out = scaled / Math.sqrt(variance);
    return Latents.combine(out, clean, skip / Math.sqrt(1 + sigma * sigma), x);
  }
}
