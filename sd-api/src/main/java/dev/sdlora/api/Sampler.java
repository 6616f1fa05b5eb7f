package dev.sdlora.api;

/** The method that walks from noise to picture; A1111's "Sampling method". */
public enum Sampler {
  /** DPM-Solver++(2M), Lu et al. 2022: second order, one U-Net call a step, no fresh noise. */
  DPMPP_2M("DPM++ 2M", Schedule.KARRAS),
  /** Euler ancestral: one U-Net call a step, fresh noise at every step. */
  EULER_A("Euler a", Schedule.NORMAL),
  /** Euler, Karras et al. 2022 algorithm 2 without churn: one U-Net call a step. */
  EULER("Euler", Schedule.NORMAL),
  /** DDIM, Song et al. 2020, on A1111's time steps; it has its own schedule and ignores others. */
  DDIM("DDIM", Schedule.NORMAL);

  private final String label;
  private final Schedule automaticSchedule;

  Sampler(String label, Schedule automaticSchedule) {
    this.label = label;
    this.automaticSchedule = automaticSchedule;
  }

  /** The name that A1111 shows and writes into pictures. */
  public String label() {
    return label;
  }

  /** The schedule that {@link Schedule#AUTOMATIC} stands for with this sampler, as in A1111. */
  public Schedule automaticSchedule() {
    return automaticSchedule;
  }

  /**
   * Finds a sampler by its label or constant name, such as {@code DPM++ 2M} or {@code dpmpp_2m};
   * case, spaces and punctuation do not matter.
   *
   * @throws IllegalArgumentException if there is no such sampler; the message lists all
   */
  public static Sampler parse(String name) {
    return Labels.parse(values(), Sampler::label, "sampler", name);
  }
}
