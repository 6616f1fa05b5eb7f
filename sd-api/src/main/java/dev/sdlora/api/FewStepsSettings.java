package dev.sdlora.api;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * What a method of few steps sets in a request.
 *
 * @param etaDdim the eta that its sampler needs; empty for the sampler's own
 * @param endAtSigmaMin whether its times end above 0; empty for not
 */
record FewStepsSettings(
    Sampler sampler,
    Schedule schedule,
    int steps,
    double cfgScale,
    OptionalDouble etaDdim,
    Optional<Boolean> endAtSigmaMin) {
  /** What of it a caller can set apart. */
  enum Part {
    STEPS,
    SAMPLER,
    SCHEDULE,
    CFG_SCALE,
    SAMPLER_OPTIONS
  }

  /**
   * Sets what was not given.
   *
   * @param values of a request; changed
   * @param given what of them the caller has set
   */
  void fill(PromptSpecBuilder values, Set<Part> given) {
    if (!given.contains(Part.STEPS)) {
      values.steps(steps);
    }
    if (!given.contains(Part.SAMPLER)) {
      values.sampler(sampler);
    }
    if (!given.contains(Part.SCHEDULE)) {
      values.schedule(schedule);
    }
    if (!given.contains(Part.CFG_SCALE)) {
      values.cfgScale(cfgScale);
    }
    values.samplerOptions(
        values.samplerOptions.with(etaDdim, endAtSigmaMin, given.contains(Part.SAMPLER_OPTIONS)));
  }
}
