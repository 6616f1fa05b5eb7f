package dev.sdlora.sampler;

import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.Schedule;

/**
 * What a request says about sampling.
 *
 * @param sampler the method
 * @param schedule how the noise levels are spread; {@link Schedule#AUTOMATIC} is the sampler's own
 *     choice, and some samplers do not look at it
 * @param steps the number of steps asked for, at least 1
 * @param options the finer settings
 */
public record SamplingSettings(
    Sampler sampler, Schedule schedule, int steps, SamplerOptions options) {
  /** Settings with the usual options. */
  public SamplingSettings(Sampler sampler, Schedule schedule, int steps) {
    this(sampler, schedule, steps, SamplerOptions.DEFAULTS);
  }

  /** The same with another number of steps. */
  public SamplingSettings withSteps(int other) {
    return new SamplingSettings(sampler, schedule, other, options);
  }

  boolean discardsNextToLast() {
    return sampler.discardsNextToLastSigma() || options.discardNextToLastSigma();
  }
}
