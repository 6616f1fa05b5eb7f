package dev.sdlora.api.sampling;

import dev.sdlora.api.value.Labels;
import java.util.List;
import java.util.Objects;

/** How noise levels are spread over the steps; A1111's "Schedule type". */
public enum Schedule {
  /** The sampler's own choice: see {@link Sampler#automaticSchedule()}. */
  AUTOMATIC("Automatic"),
  /** Evenly spaced training time steps, from 999 to 0; also called "Uniform". */
  NORMAL("Normal", "Uniform", "discrete"),
  /** Karras et al. 2022, equation 5, with rho 7. */
  KARRAS("Karras"),
  /** Evenly spaced in the logarithm of the level. */
  EXPONENTIAL("Exponential"),
  /** Evenly spaced powers, of exponent rho, on the way down in the logarithm; rho is 1. */
  POLYEXPONENTIAL("Polyexponential"),
  /** Evenly spaced time steps that stop one short of the last, as in Stability's own code. */
  SGM_UNIFORM("SGM Uniform"),
  /** Sabour et al. 2024, appendix: the optimum for data of one normal distribution. */
  KL_OPTIMAL("KL Optimal"),
  /** Sabour et al. 2024, "Align Your Steps": tables made for SD 1.x and for SDXL. */
  ALIGN_YOUR_STEPS("Align Your Steps", "AYS"),
  /** Every n-th training level, counted from the highest. */
  SIMPLE("Simple"),
  /**
   * Every n-th training level, counted from the lowest; the number of steps may differ a little.
   */
  DDIM("DDIM", "DDIM Uniform"),
  /**
   * Every n-th training time, counted from the last, 999: 999, 749, 499, 249 for four steps, then
   * level 0; "trailing" of Lin et al. 2023, section 3.3, and of diffusers. Models and LoRAs for few
   * steps are mostly made for it ({@link FewSteps}). DDIM and its kin take these times too in place
   * of their own, and {@link Sampler#LCM} takes those of diffusers: see {@link Sampler#follows}. No
   * schedule of A1111.
   */
  TRAILING("Trailing"),
  /** Lee et al. 2024: quantiles of a beta distribution, dense at both ends. */
  BETA("Beta");

  private final String label;

  @SuppressWarnings("ImmutableEnumChecker") // List.of cannot change
  private final List<String> aliases;

  Schedule(String label, String... aliases) {
    this.label = label;
    this.aliases = List.of(aliases);
  }

  /** {@return the name that A1111 shows and writes into images, such as {@code Karras}} */
  public String label() {
    return label;
  }

  /** {@return other names for it, such as {@code Uniform} for {@link #NORMAL}} */
  public List<String> aliases() {
    return aliases;
  }

  /**
   * Finds a schedule by its name; case, spaces and punctuation do not matter.
   *
   * @param name a label, an alias or the name of a constant
   * @return the schedule of that name
   * @throws IllegalArgumentException if there is no such schedule; the message lists all
   */
  public static Schedule parse(String name) {
    Objects.requireNonNull(name, "name");
    return Labels.parse(values(), Schedule::label, Schedule::aliases, "schedule", name);
  }
}
