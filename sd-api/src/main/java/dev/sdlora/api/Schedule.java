package dev.sdlora.api;

/** How noise levels are spread over the steps; A1111's "Schedule type". */
public enum Schedule {
  /** The sampler's own choice: see {@link Sampler#automaticSchedule()}. */
  AUTOMATIC("Automatic"),
  /** Evenly spaced training time steps, from 999 to 0; also called "Uniform". */
  NORMAL("Normal"),
  /** Karras et al. 2022, equation 5, with rho 7. */
  KARRAS("Karras");

  private final String label;

  Schedule(String label) {
    this.label = label;
  }

  /** The name that A1111 shows and writes into pictures. */
  public String label() {
    return label;
  }

  /**
   * Finds a schedule by its label or constant name; case, spaces and punctuation do not matter, and
   * {@code uniform} means {@link #NORMAL}.
   *
   * @throws IllegalArgumentException if there is no such schedule; the message lists all
   */
  public static Schedule parse(String name) {
    return Labels.key(name).equals("uniform")
        ? NORMAL
        : Labels.parse(values(), Schedule::label, "schedule", name);
  }
}
