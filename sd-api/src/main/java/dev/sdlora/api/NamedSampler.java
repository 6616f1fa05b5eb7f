package dev.sdlora.api;

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
  /** Refuses null. */
  public NamedSampler {
    Objects.requireNonNull(sampler, "sampler");
    Objects.requireNonNull(schedule, "schedule");
  }

  /**
   * Reads a name: one that {@link Sampler#parse} knows, or such a name, a space or an underscore,
   * and the name of a schedule, or {@code ka} or {@code exp}.
   *
   * @throws IllegalArgumentException if there is no such sampler; the message lists all
   */
  public static NamedSampler parse(String name) {
    Objects.requireNonNull(name, "name");
    String trimmed = name.strip();
    for (Schedule schedule : Schedule.values()) {
      Optional<String> rest =
          before(trimmed, schedule.label())
              .or(() -> before(trimmed, schedule.name()))
              .or(() -> before(trimmed, shortForm(schedule)));
      if (rest.isPresent() && !isSampler(trimmed)) {
        return new NamedSampler(Sampler.parse(rest.get()), Optional.of(schedule));
      }
    }
    return new NamedSampler(Sampler.parse(trimmed), Optional.empty());
  }

  private static String shortForm(Schedule schedule) {
    return switch (schedule) {
      case KARRAS -> "ka";
      case EXPONENTIAL -> "exp";
      default -> schedule.name();
    };
  }

  private static Optional<String> before(String name, String ending) {
    int at = name.length() - ending.length() - 1;
    boolean ends =
        at > 0
            && (name.charAt(at) == ' ' || name.charAt(at) == '_')
            && name.toLowerCase(Locale.ROOT).endsWith(ending.toLowerCase(Locale.ROOT));
    return ends ? Optional.of(name.substring(0, at)) : Optional.empty();
  }

  private static boolean isSampler(String name) {
    try {
      Sampler.parse(name);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
