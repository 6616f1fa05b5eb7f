package dev.sdlora.cli.option;

import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import java.util.Optional;

/** A sampler, optionally with its schedule, as in {@code DPM++ 2M Karras}. */
public record SamplerArgument(Sampler sampler, Optional<Schedule> schedule) {
  /**
   * Parses a name.
   *
   * @throws IllegalArgumentException if the sampler is unknown
   */
  public static SamplerArgument parse(String name) {
    return new SamplerArgument(Sampler.inName(name), Schedule.inName(name));
  }
}
