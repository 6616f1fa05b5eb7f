package dev.sdlora.api.sampling;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * What a name for a sampler says: before A1111 1.9 the schedule was the last word of it, as in
 * {@code DPM++ 2M Karras}, and its API has short forms such as {@code k_dpmpp_2m_ka}.
 *
 * @param sampler the method
 * @param schedule the spread of noise levels if the name has one
 */
public record NamedSampler(Sampler sampler, Optional<Schedule> schedule) {
  /**
   * Refuses null.
   *
   * @param sampler the method
   * @param schedule empty for a name that leaves the schedule open
   */
  public NamedSampler {
    Objects.requireNonNull(sampler, "sampler");
    Objects.requireNonNull(schedule, "schedule");
  }

  /**
   * Reads a name: one that {@link Sampler#parse} knows, or such a name, a space or an underscore,
   * and the name of a schedule ({@link Schedule#parse} says which there are), or {@code ka} or
   * {@code exp}.
   *
   * @param name such as {@code Euler a}, {@code DPM++ 2M Karras} or {@code k_dpmpp_2m_ka}; case
   *     does not matter
   * @return the sampler, and the schedule if the name has one
   * @throws IllegalArgumentException if there is no such sampler; the message lists all
   */
  public static NamedSampler parse(String name) {
    Objects.requireNonNull(name, "name");
    String trimmed = name.strip();
    Optional<Sampler> whole = sampler(trimmed);
    if (whole.isPresent()) {
      return new NamedSampler(whole.get(), Optional.empty());
    }
    Optional<String> withoutSchedule = Optional.empty();
    for (Schedule schedule : Schedule.values()) {
      for (String ending : endings(schedule)) {
        Optional<String> rest = before(trimmed, ending);
        Optional<Sampler> sampler = rest.flatMap(NamedSampler::sampler);
        if (sampler.isPresent()) {
          return new NamedSampler(sampler.get(), Optional.of(schedule));
        }
        withoutSchedule = withoutSchedule.or(() -> rest);
      }
    }
    return new NamedSampler(Sampler.parse(withoutSchedule.orElse(trimmed)), Optional.empty());
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
