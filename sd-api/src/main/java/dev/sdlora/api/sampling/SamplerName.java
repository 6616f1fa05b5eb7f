package dev.sdlora.api.sampling;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * A sampler and, optionally, a schedule from one name. Before A1111 1.9, the last word of a
 * sampler's name was its schedule, as in {@code DPM++ 2M Karras}; A1111's API has short forms such
 * as {@code k_dpmpp_2m_ka}.
 *
 * @param sampler the sampler
 * @param schedule the schedule, if the name contains one
 */
record SamplerName(Sampler sampler, Optional<Schedule> schedule) {
  /**
   * Parses a name: one that {@link Sampler#parse} accepts, optionally followed by a space or an
   * underscore and a schedule: {@code ka}, {@code exp}, or a name that {@link Schedule#parse}
   * accepts.
   *
   * @param name a name such as {@code Euler a}, {@code DPM++ 2M Karras} or {@code k_dpmpp_2m_ka},
   *     ignoring case
   * @return the sampler, and the schedule if the name contains one
   * @throws IllegalArgumentException if the sampler is unknown; the message lists all samplers
   */
  static SamplerName parse(String name) {
    Objects.requireNonNull(name, "name");
    String trimmed = name.strip();
    Optional<Sampler> whole = sampler(trimmed);
    if (whole.isPresent()) {
      return new SamplerName(whole.get(), Optional.empty());
    }
    Optional<String> withoutSchedule = Optional.empty();
    for (Schedule schedule : Schedule.values()) {
      for (String ending : endings(schedule)) {
        Optional<String> rest = before(trimmed, ending);
        Optional<Sampler> sampler = rest.flatMap(SamplerName::sampler);
        if (sampler.isPresent()) {
          return new SamplerName(sampler.get(), Optional.of(schedule));
        }
        withoutSchedule = withoutSchedule.or(() -> rest);
      }
    }
    return new SamplerName(Sampler.parse(withoutSchedule.orElse(trimmed)), Optional.empty());
  }

  private static List<String> endings(Schedule schedule) {
    List<String> endings = new ArrayList<>(schedule.aliases());
    endings.add(schedule.label());
    endings.add(schedule.name());
    switch (schedule) {
      case KARRAS -> endings.add("ka");
      case EXPONENTIAL -> endings.add("exp");
      default -> {}
    }
    return endings;
  }

  private static Optional<String> before(String name, String ending) {
    int at = name.length() - ending.length() - 1;
    boolean ends =
        at > 0
            && (name.charAt(at) == ' ' || name.charAt(at) == '_')
            && name.toLowerCase(Locale.ROOT).endsWith(ending.toLowerCase(Locale.ROOT));
    return ends ? Optional.of(name.substring(0, at)) : Optional.empty();
  }

  private static Optional<Sampler> sampler(String name) {
    try {
      return Optional.of(Sampler.parse(name));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
