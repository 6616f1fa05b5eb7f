package dev.sdlora.sampler;

import dev.sdlora.api.Sampler;
import dev.sdlora.api.Schedule;
import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.NoiseLevels;
import dev.sdlora.sampler.schedule.Schedules;
import dev.sdlora.sampler.schedule.Sigmas;

/**
 * All that is fixed before a latent is sampled: the noise levels, the method, and how a latent is
 * scaled on its way in and out. Immutable, safe to share between threads.
 *
 * <p>Samplers differ in how loud the first noise is, as A1111 has them. Those that come from
 * k-diffusion start from {@code noise·sigma} and return the latent as it is. DDIM starts from unit
 * noise in the model's own, variance preserving form, {@code x / sqrt(1 + sigma²)}, and returns
 * that.
 */
public final class SamplingPlan {
  private final SamplingMethod method;
  private final Sigmas sigmas;
  private final boolean variancePreserving;

  private SamplingPlan(SamplingMethod method, Sigmas sigmas, boolean variancePreserving) {
    this.method = method;
    this.sigmas = sigmas;
    this.variancePreserving = variancePreserving;
  }

  /**
   * The plan for a request.
   *
   * @param sampler the method; {@link Sampler#DDIM} has its own levels and ignores the schedule
   * @param schedule how the levels are spread; {@link Schedule#AUTOMATIC} is the sampler's own
   *     choice
   * @param steps the number of steps asked for, at least 1; for DDIM from 2 to the number of
   *     training steps, and see {@link Schedules#ddim} for how many it makes of it
   * @param levels the noise the model was trained on
   * @throws IllegalArgumentException if {@code steps} is out of range
   */
  public static SamplingPlan of(Sampler sampler, Schedule schedule, int steps, NoiseLevels levels) {
    Schedule resolved = schedule == Schedule.AUTOMATIC ? sampler.automaticSchedule() : schedule;
    return switch (sampler) {
      case EULER -> scheduled(new Euler(), Schedules.sigmas(resolved, steps, levels));
      case EULER_A ->
          scheduled(new EulerAncestral(1, 1), Schedules.sigmas(resolved, steps, levels));
      case DPMPP_2M -> scheduled(new DpmPp2m(), Schedules.sigmas(resolved, steps, levels));
      case DDIM -> new SamplingPlan(new Ddim(0), Schedules.ddim(steps, levels), true);
    };
  }

  private static SamplingPlan scheduled(SamplingMethod method, Sigmas sigmas) {
    return new SamplingPlan(method, sigmas, false);
  }

  /** The noise levels; {@code sigmas().steps()} is the number of steps that will be made. */
  public Sigmas sigmas() {
    return sigmas;
  }

  /** The method that walks down the levels. */
  public SamplingMethod method() {
    return method;
  }

  /** The factor that turns unit noise into the start latent of the method. */
  public double startScale() {
    double first = sigmas.at(0);
    return variancePreserving ? Math.sqrt(1 + first * first) : first;
  }

  /** The factor that turns the method's result into the final latent; 1 for all but DDIM. */
  public double endScale() {
    double last = sigmas.at(sigmas.steps());
    return variancePreserving ? 1 / Math.sqrt(1 + last * last) : 1;
  }

  /**
   * Samples a latent.
   *
   * @param denoiser the model
   * @param unitNoise standard normal numbers, one for each element of the latent; not modified
   * @param noise drawn from when a step needs fresh noise; usually the source that {@code
   *     unitNoise} came from
   * @param observer told of every step
   * @return the final latent, a new array
   */
  public float[] run(
      Denoiser denoiser, float[] unitNoise, NoiseSource noise, StepObserver observer) {
    float[] start = Latents.scale(startScale(), unitNoise);
    return Latents.scale(endScale(), method.sample(denoiser, start, sigmas, noise, observer));
  }
}
