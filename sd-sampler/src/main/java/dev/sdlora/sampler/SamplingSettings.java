package dev.sdlora.sampler;

import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.sampler.schedule.NoiseLevels;

/**
 * The sampling settings of a request.
 *
 * @param sampler the sampler
 * @param schedule the spacing of the noise levels; {@link Schedule#AUTOMATIC} is the sampler's own
 *     choice, for flows the model's, and some samplers ignore it
 * @param steps the requested number of steps, at least 1
 * @param options the detailed options
 */
public record SamplingSettings(
    Sampler sampler, Schedule schedule, int steps, SamplerOptions options) {
  /** Creates settings with the default options. */
  public SamplingSettings(Sampler sampler, Schedule schedule, int steps) {
    this(sampler, schedule, steps, SamplerOptions.DEFAULTS);
  }

  /** Returns a copy with another number of steps. */
  public SamplingSettings withSteps(int other) {
    return new SamplingSettings(sampler, schedule, other, options);
  }

  /**
   * Returns the levels of a model with the shift of these settings.
   *
   * @throws IllegalArgumentException if there is one and the model is no flow
   */
  public NoiseLevels shifted(NoiseLevels trained) {
    return options.shift().isPresent() ? trained.withShift(options.shift().getAsDouble()) : trained;
  }

  boolean discardsNextToLast() {
    return sampler.discardsNextToLastSigma() || options.discardNextToLastSigma();
  }
}
