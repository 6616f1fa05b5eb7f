package dev.sdlora.api.sampling;

import dev.sdlora.api.value.Labels;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The sampling method; A1111's "Sampling method" plus some methods of diffusers. Each constant
 * states its cost per step and its source.
 */
public enum Sampler {
  /** DPM-Solver++(2M), Lu et al. 2022: second order, one U-Net call per step, no fresh noise. */
  DPMPP_2M("DPM++ 2M", Schedule.KARRAS, Set.of(), "k_dpmpp_2m"),
  /** SDE-DPM-Solver++ with a midpoint in each step: two calls per step, fresh noise. */
  DPMPP_SDE(
      "DPM++ SDE", Schedule.KARRAS, Set.of(Trait.SECOND_ORDER, Trait.BROWNIAN), "k_dpmpp_sde"),
  /** SDE-DPM-Solver++(2M), Lu et al. 2022: one call per step, fresh noise. */
  DPMPP_2M_SDE("DPM++ 2M SDE", Schedule.EXPONENTIAL, Set.of(Trait.BROWNIAN), "k_dpmpp_2m_sde"),
  /** {@link #DPMPP_2M_SDE} with the second-order term of Heun's method. */
  DPMPP_2M_SDE_HEUN(
      "DPM++ 2M SDE Heun", Schedule.EXPONENTIAL, Set.of(Trait.BROWNIAN), "k_dpmpp_2m_sde_heun"),
  /** DPM-Solver++(2S), Lu et al. 2022, ancestral: two calls per step, fresh noise. */
  DPMPP_2S_A(
      "DPM++ 2S a",
      Schedule.KARRAS,
      Set.of(Trait.SECOND_ORDER, Trait.ENSD),
      "k_dpmpp_2s_a",
      "k_dpmpp_2s_ancestral"),
  /** SDE-DPM-Solver++ of third order, from the last three predictions: one call per step. */
  DPMPP_3M_SDE(
      "DPM++ 3M SDE",
      Schedule.EXPONENTIAL,
      Set.of(Trait.BROWNIAN, Trait.DISCARD),
      "k_dpmpp_3m_sde"),
  /** Euler ancestral: one U-Net call per step, fresh noise at every step. */
  EULER_A("Euler a", Schedule.NORMAL, Set.of(Trait.ENSD), "k_euler_a", "k_euler_ancestral"),
  /** Euler, the first-order form of algorithm 2 of Karras et al. 2022: one U-Net call per step. */
  EULER("Euler", Schedule.NORMAL, Set.of(), "k_euler"),
  /** Linear multistep of order four: one call per step, no fresh noise. */
  LMS("LMS", Schedule.NORMAL, Set.of(), "k_lms"),
  /** Heun, algorithm 2 of Karras et al. 2022: second order, two calls per step. */
  HEUN("Heun", Schedule.NORMAL, Set.of(Trait.SECOND_ORDER), "k_heun"),
  /** DPM-Solver-2, Lu et al. 2022: second order, two calls per step. */
  DPM2("DPM2", Schedule.KARRAS, Set.of(Trait.SECOND_ORDER, Trait.DISCARD), "k_dpm_2"),
  /** DPM-Solver-2 with ancestral noise: two calls per step. */
  DPM2_A(
      "DPM2 a",
      Schedule.KARRAS,
      Set.of(Trait.SECOND_ORDER, Trait.DISCARD, Trait.ENSD),
      "k_dpm_2_a",
      "k_dpm_2_ancestral"),
  /**
   * DPM-Solver-Fast, Lu et al. 2022: third-order steps that share the requested number of calls.
   */
  DPM_FAST("DPM fast", Schedule.NORMAL, Set.of(Trait.ENSD, Trait.OWN_LEVELS), "k_dpm_fast"),
  /** DPM-Solver-12/23, Lu et al. 2022: adaptive step size, three calls per step. */
  DPM_ADAPTIVE(
      "DPM adaptive",
      Schedule.NORMAL,
      Set.of(Trait.ENSD, Trait.OWN_LEVELS),
      "k_dpm_ad",
      "k_dpm_adaptive"),
  /**
   * Restart, Xu et al. 2023: Heun's method, which adds noise back and repeats part of the schedule:
   * two calls per step.
   */
  RESTART("Restart", Schedule.KARRAS, Set.of(Trait.SECOND_ORDER)),
  /**
   * DDIM, Song et al. 2020, on A1111's timesteps. It has its own noise levels and ignores schedules
   * other than {@link Schedule#TRAILING}.
   */
  DDIM("DDIM", Schedule.NORMAL, Set.of(Trait.OWN_LEVELS, Trait.TIMESTEPS, Trait.TRAILING)),
  /** DDIM with CFG++, Chung et al. 2024: moves along the negative prompt's prediction. */
  DDIM_CFGPP(
      "DDIM CFG++", Schedule.NORMAL, Set.of(Trait.OWN_LEVELS, Trait.TIMESTEPS, Trait.TRAILING)),
  /**
   * Pseudo linear multistep, Liu et al. 2022, of order four: one call per step and an extra one at
   * the start.
   */
  PLMS("PLMS", Schedule.NORMAL, Set.of(Trait.OWN_LEVELS, Trait.TIMESTEPS, Trait.TRAILING)),
  /** UniPC, Zhao et al. 2023, of order three: one call per step, no fresh noise. */
  UNIPC("UniPC", Schedule.NORMAL, Set.of(Trait.OWN_LEVELS, Trait.TIMESTEPS)),
  /** Latent consistency, Luo et al. 2023, for models and LoRAs trained for it: 2 to 8 steps. */
  LCM("LCM", Schedule.NORMAL, Set.of(Trait.OWN_LEVELS, Trait.TRAILING), "k_lcm"),
  /** DEIS, Zhang and Chen 2022, of order three: one call per step. In diffusers, not in A1111. */
  DEIS("DEIS", Schedule.NORMAL, Set.of()),
  /**
   * DPM-Solver++(2S) on the given noise levels, Lu et al. 2022: one call per step. In diffusers.
   */
  DPMPP_2S("DPM++ 2S", Schedule.NORMAL, Set.of()),
  /**
   * DPM-Solver++(3S) on the given noise levels, Lu et al. 2022: one call per step. In diffusers.
   */
  DPMPP_3S("DPM++ 3S", Schedule.NORMAL, Set.of()),
  /** PNDM with a Runge-Kutta start, Liu et al. 2022: nine more calls than {@link #PLMS}. */
  PNDM("PNDM", Schedule.NORMAL, Set.of(Trait.OWN_LEVELS, Trait.TIMESTEPS, Trait.TRAILING)),
  /**
   * Trajectory consistency, Zheng et al. 2024, for models and LoRAs trained for it: 2 to 8 steps.
   * Its gamma is {@link SamplerOptions#etaDdim}, 0.3 by default.
   */
  TCD("TCD", Schedule.NORMAL, Set.of(Trait.OWN_LEVELS, Trait.TIMESTEPS)),
  /**
   * The refined exponential solver, Zhang et al. 2023, multistep of order two: one call per step,
   * no fresh noise. In ComfyUI and Forge Neo, where it is usual for Z-Image.
   */
  RES_MULTISTEP("Res Multistep", Schedule.NORMAL, Set.of(), "k_res_multistep");

  private enum Trait {
    SECOND_ORDER,
    ENSD,
    BROWNIAN,
    DISCARD,
    OWN_LEVELS,
    TIMESTEPS,
    TRAILING
  }

  private final String label;
  private final Schedule automaticSchedule;

  @SuppressWarnings("ImmutableEnumChecker") // Set.of and List.of are immutable
  private final Set<Trait> traits;

  @SuppressWarnings("ImmutableEnumChecker")
  private final List<String> aliases;

  Sampler(String label, Schedule automaticSchedule, Set<Trait> traits, String... aliases) {
    this.label = label;
    this.automaticSchedule = automaticSchedule;
    this.traits = traits;
    this.aliases = List.of(aliases);
  }

  /**
   * {@return the name that A1111 shows and writes into image metadata, such as {@code DPM++ 2M}}
   */
  public String label() {
    return label;
  }

  /** {@return other names that A1111 and its API accept, such as {@code k_euler_a}} */
  public List<String> aliases() {
    return aliases;
  }

  /**
   * {@return the schedule that {@link Schedule#AUTOMATIC} selects for this sampler, as in A1111}
   */
  public Schedule automaticSchedule() {
    return automaticSchedule;
  }

  /**
   * Resolves the automatic schedule.
   *
   * @param schedule any schedule
   * @return {@link #automaticSchedule()} for {@link Schedule#AUTOMATIC}, otherwise the schedule
   *     itself
   */
  public Schedule resolve(Schedule schedule) {
    Objects.requireNonNull(schedule, "schedule");
    return schedule == Schedule.AUTOMATIC ? automaticSchedule : schedule;
  }

  /**
   * {@return whether a step calls the U-Net twice} For prompts that change over the steps, A1111
   * counts calls, so the changes can fall on half steps of this sampler.
   */
  public boolean secondOrder() {
    return traits.contains(Trait.SECOND_ORDER);
  }

  /**
   * {@return whether A1111 discards the next-to-last sigma of this sampler, after adding one step
   * to the schedule}
   */
  public boolean discardsNextToLastSigma() {
    return traits.contains(Trait.DISCARD);
  }

  /**
   * {@return whether the images depend on A1111's "eta noise seed delta", which is then written
   * into the metadata}
   */
  public boolean usesEnsd() {
    return traits.contains(Trait.ENSD);
  }

  /** {@return whether fresh noise comes from a single Brownian path per image} */
  public boolean usesBrownianNoise() {
    return traits.contains(Trait.BROWNIAN);
  }

  /**
   * {@return whether the sampler has its own noise levels} It then ignores all schedules or, for
   * some samplers, all but {@link Schedule#TRAILING}; see {@link #follows}.
   */
  public boolean ignoresSchedule() {
    return traits.contains(Trait.OWN_LEVELS);
  }

  /**
   * Returns whether a schedule affects the noise levels of this sampler. DDIM, DDIM CFG++, PLMS,
   * PNDM and LCM follow only {@link Schedule#TRAILING}; UniPC, TCD, DPM fast and DPM adaptive
   * follow no schedule; all others follow every schedule.
   *
   * @param schedule any schedule
   * @return false if the sampler ignores the schedule
   */
  public boolean follows(Schedule schedule) {
    Objects.requireNonNull(schedule, "schedule");
    return !ignoresSchedule() || (schedule == Schedule.TRAILING && traits.contains(Trait.TRAILING));
  }

  /**
   * {@return the number of steps from which images are as clean as those of other samplers at the
   * default of 20, or 1 if 20 are enough} With fewer steps images are grainy, and results carry a
   * warning. The numbers were measured with the bundled model at CFG scale 4.
   */
  public int leastSteps() {
    return switch (this) {
      case LMS, PLMS, PNDM -> 40;
      case DPM_FAST, DEIS -> 25;
      default -> 1;
    };
  }

  /**
   * {@return whether the sampler works on training timesteps, with latents in the model's own
   * scaling, as DDIM does} It then starts from unit noise, blends masks before each call, and uses
   * {@link SamplerOptions#etaDdim()} as its eta.
   */
  public boolean onTimesteps() {
    return traits.contains(Trait.TIMESTEPS);
  }

  /**
   * Finds a sampler by its name.
   *
   * @param name a label, an alias or a constant's name, such as {@code DPM++ 2M}, {@code
   *     k_dpmpp_2m} or {@code dpmpp_2m}; case, spaces and punctuation are ignored
   * @return the sampler
   * @throws IllegalArgumentException if the name is unknown; the message lists all samplers
   */
  public static Sampler parse(String name) {
    Objects.requireNonNull(name, "name");
    return Labels.parse(values(), Sampler::label, Sampler::aliases, "sampler", name);
  }

  /**
   * Finds the sampler in a name that may end with a schedule, as before A1111 1.9; {@link
   * Schedule#inName} finds the schedule.
   *
   * @param name a name that {@link #parse} accepts, optionally followed by a space or an underscore
   *     and a schedule, such as {@code DPM++ 2M Karras} or {@code k_dpmpp_2m_ka}, ignoring case
   * @return the sampler
   * @throws IllegalArgumentException if the sampler is unknown; the message lists all samplers
   */
  public static Sampler inName(String name) {
    return SamplerName.parse(name).sampler();
  }
}
