package dev.sdlora.pipeline.image;

import dev.sdlora.api.Sampler;
import dev.sdlora.api.Schedule;
import java.util.Optional;

/**
 * A sampler as pictures name it. Before A1111 1.9 the schedule was the last word of the name,
 * unless it was the usual one.
 *
 * @param sampler the sampler
 * @param schedule the schedule that its name says, if any
 */
record SamplerNames(Sampler sampler, Optional<Schedule> schedule) {

  /**
   * Reads {@code DPM++ 2M}, {@code DPM++ 2M Karras} or {@code dpmpp_2m_karras}.
   *
   * @throws IllegalArgumentException if there is no such sampler
   */
  static SamplerNames parse(String name) {
    for (Schedule schedule : Schedule.values()) {
      int length = name.length() - schedule.label().length() - 1;
      if (length > 0
          && " _".indexOf(name.charAt(length)) >= 0
          && name.substring(length + 1).equalsIgnoreCase(schedule.label())) {
        return new SamplerNames(Sampler.parse(name.substring(0, length)), Optional.of(schedule));
      }
    }
    return new SamplerNames(Sampler.parse(name), Optional.empty());
  }

  /** What the schedule of a request comes down to. */
  static Schedule resolved(Sampler sampler, Schedule schedule) {
    return schedule == Schedule.AUTOMATIC ? sampler.automaticSchedule() : schedule;
  }

  /** A1111 names the schedule that Automatic stands for only if the sampler has a special one. */
  static String scheduleLabel(Sampler sampler, Schedule schedule) {
    Schedule resolved = resolved(sampler, schedule);
    return resolved == Schedule.NORMAL ? schedule.label() : resolved.label();
  }
}
