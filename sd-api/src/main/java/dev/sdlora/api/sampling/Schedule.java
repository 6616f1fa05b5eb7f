package dev.sdlora.api.sampling;

import dev.sdlora.api.value.Labels;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The spacing of noise levels over the steps; A1111's "Schedule type". */
public enum Schedule {
  /**
   * The sampler's default schedule: see {@link Sampler#automaticSchedule()}. For models that are
   * rectified flows, such as FLUX.2 and Z-Image, it is the model's own schedule instead.
   */
  AUTOMATIC("Automatic"),
  /** Evenly spaced training timesteps from 999 to 0; also called "Uniform". */
  NORMAL("Normal", "Uniform", "discrete"),
  /** Karras et al. 2022, equation 5, with rho 7. */
  KARRAS("Karras"),
  /** Evenly spaced in the logarithm of sigma. */
  EXPONENTIAL("Exponential"),
  /** The logarithm of sigma falls as a power with exponent rho, 1 by default. */
  POLYEXPONENTIAL("Polyexponential"),
  /** Evenly spaced timesteps that stop one before the last, as in Stability AI's own code. */
  SGM_UNIFORM("SGM Uniform"),
  /** Sabour et al. 2024, appendix: optimal for data with a normal distribution. */
  KL_OPTIMAL("KL Optimal"),
  /** Sabour et al. 2024, "Align Your Steps": tables for SD 1.x and for SDXL. */
  ALIGN_YOUR_STEPS("Align Your Steps", "AYS"),
  /** Every n-th training sigma, counted from the highest. */
  SIMPLE("Simple"),
  /**
   * Every n-th training sigma, counted from the lowest; the number of steps may differ slightly.
   */
  DDIM("DDIM", "DDIM Uniform"),
  /**
   * Every n-th training timestep, counted from the last, 999, and then sigma 0: 999, 749, 499, 249
   * for four steps. This is "trailing" of Lin et al. 2023, section 3.3, and of diffusers; A1111
   * does not have it. Most few-step models and LoRAs are made for it ({@link FewSteps}). DDIM and
   * related samplers use these timesteps instead of their own, and {@link Sampler#LCM} uses those
   * of diffusers: see {@link Sampler#follows}.
   */
  TRAILING("Trailing"),
  /** Lee et al. 2024: quantiles of a beta distribution, dense at both ends. */
  BETA("Beta"),
  /**
   * Polyak et al. 2024 ("Movie Gen"): half of the steps remove the first 2.5 % of the noise evenly,
   * the others remove the rest in steps that grow evenly. In ComfyUI and Forge Neo, not in A1111.
   */
  LINEAR_QUADRATIC("Linear Quadratic");

  private final String label;

  @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
  private final List<String> aliases;

  Schedule(String label, String... aliases) {
    this.label = label;
    this.aliases = List.of(aliases);
  }

  /** {@return the name that A1111 shows and writes into image metadata, such as {@code Karras}} */
  public String label() {
    return label;
  }

  /** {@return alternative names, such as {@code Uniform} for {@link #NORMAL}} */
  public List<String> aliases() {
    return aliases;
  }

  /**
   * Finds a schedule by its name.
   *
   * @param name a label, an alias or a constant's name; case, spaces and punctuation are ignored
   * @return the schedule
   * @throws IllegalArgumentException if the name is unknown; the message lists all schedules
   */
  public static Schedule parse(String name) {
    Objects.requireNonNull(name, "name");
    return Labels.parse(values(), Schedule::label, Schedule::aliases, "schedule", name);
  }

  /**
   * Finds the schedule at the end of a sampler's name, as before A1111 1.9; {@link Sampler#inName}
   * finds the sampler.
   *
   * @param name a sampler's name, such as {@code DPM++ 2M Karras} or {@code k_dpmpp_2m_ka},
   *     ignoring case
   * @return the schedule, or empty if the name contains none
   * @throws IllegalArgumentException if the sampler is unknown; the message lists all samplers
   */
  public static Optional<Schedule> inName(String name) {
    return SamplerName.parse(name).schedule();
  }
}
