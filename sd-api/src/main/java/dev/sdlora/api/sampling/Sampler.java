package dev.sdlora.api.sampling;

import dev.sdlora.api.value.Labels;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The method that walks from noise to image; A1111's "Sampling method", and some of diffusers' on
 * top. Each constant says what a step costs and where the method comes from.
 */
public enum Sampler {
  /** DPM-Solver++(2M), Lu et al. 2022: second order, one U-Net call a step, no fresh noise. */
  DPMPP_2M("DPM++ 2M", Schedule.KARRAS, Set.of(), "k_dpmpp_2m"),
  /** SDE-DPM-Solver++ with a step in the middle of each: two calls a step, fresh noise. */
  DPMPP_SDE(
      "DPM++ SDE", Schedule.KARRAS, Set.of(Trait.SECOND_ORDER, Trait.BROWNIAN), "k_dpmpp_sde"),
  /** SDE-DPM-Solver++(2M), Lu et al. 2022: one call a step, fresh noise. */
  DPMPP_2M_SDE("DPM++ 2M SDE", Schedule.EXPONENTIAL, Set.of(Trait.BROWNIAN), "k_dpmpp_2m_sde"),
  /** {@link #DPMPP_2M_SDE} with the second-order term of Heun's method. */
  DPMPP_2M_SDE_HEUN(
      "DPM++ 2M SDE Heun", Schedule.EXPONENTIAL, Set.of(Trait.BROWNIAN), "k_dpmpp_2m_sde_heun"),
  /** DPM-Solver++(2S), Lu et al. 2022, ancestral: two calls a step, fresh noise. */
  DPMPP_2S_A(
      "DPM++ 2S a",
      Schedule.KARRAS,
      Set.of(Trait.SECOND_ORDER, Trait.ENSD),
      "k_dpmpp_2s_a",
      "k_dpmpp_2s_ancestral"),
  /** SDE-DPM-Solver++ of third order from the last three predictions: one call a step. */
  DPMPP_3M_SDE(
      "DPM++ 3M SDE",
      Schedule.EXPONENTIAL,
      Set.of(Trait.BROWNIAN, Trait.DISCARD),
      "k_dpmpp_3m_sde"),
  /** Euler ancestral: one U-Net call a step, fresh noise at every step. */
  EULER_A("Euler a", Schedule.NORMAL, Set.of(Trait.ENSD), "k_euler_a", "k_euler_ancestral"),
  /** Euler, Karras et al. 2022 algorithm 2 of first order: one U-Net call a step. */
  EULER("Euler", Schedule.NORMAL, Set.of(), "k_euler"),
  /** Linear multistep of order four: one call a step, no fresh noise. */
  LMS("LMS", Schedule.NORMAL, Set.of(), "k_lms"),
  /** Heun, Karras et al. 2022 algorithm 2: second order, two calls a step. */
  HEUN("Heun", Schedule.NORMAL, Set.of(Trait.SECOND_ORDER), "k_heun"),
  /** DPM-Solver-2, Lu et al. 2022: second order, two calls a step. */
  DPM2("DPM2", Schedule.KARRAS, Set.of(Trait.SECOND_ORDER, Trait.DISCARD), "k_dpm_2"),
  /** DPM-Solver-2 with ancestral noise: two calls a step. */
  DPM2_A(
      "DPM2 a",
      Schedule.KARRAS,
      Set.of(Trait.SECOND_ORDER, Trait.DISCARD, Trait.ENSD),
      "k_dpm_2_a",
      "k_dpm_2_ancestral"),
  /** DPM-Solver-Fast, Lu et al. 2022: steps of third order that share as many calls as asked. */
  DPM_FAST("DPM fast", Schedule.NORMAL, Set.of(Trait.ENSD, Trait.OWN_LEVELS), "k_dpm_fast"),
  /** DPM-Solver-12/23, Lu et al. 2022: chooses its steps by itself; three calls each. */
  DPM_ADAPTIVE(
      "DPM adaptive",
      Schedule.NORMAL,
      Set.of(Trait.ENSD, Trait.OWN_LEVELS),
      "k_dpm_ad",
      "k_dpm_adaptive"),
  /** Restart, Xu et al. 2023: Heun's method that goes back up and down again: two calls a step. */
  RESTART("Restart", Schedule.KARRAS, Set.of(Trait.SECOND_ORDER)),
  /** DDIM, Song et al. 2020, on A1111's time steps; it has its own schedule and ignores others. */
  DDIM("DDIM", Schedule.NORMAL, Set.of(Trait.OWN_LEVELS, Trait.TIMESTEPS, Trait.TRAILING)),
  /** DDIM of CFG++, Chung et al. 2024: moves along the negative prompt's prediction. */
  DDIM_CFGPP(
      "DDIM CFG++", Schedule.NORMAL, Set.of(Trait.OWN_LEVELS, Trait.TIMESTEPS, Trait.TRAILING)),
  /** Pseudo linear multistep, Liu et al. 2022, of order four: one call a step and one at start. */
  PLMS("PLMS", Schedule.NORMAL, Set.of(Trait.OWN_LEVELS, Trait.TIMESTEPS, Trait.TRAILING)),
  /** UniPC, Zhao et al. 2023, of order three: one call a step, no fresh noise. */
  UNIPC("UniPC", Schedule.NORMAL, Set.of(Trait.OWN_LEVELS, Trait.TIMESTEPS)),
  /** Latent consistency, Luo et al. 2023, for models and LoRAs trained so: 2 to 8 steps. */
  LCM("LCM", Schedule.NORMAL, Set.of(Trait.OWN_LEVELS, Trait.TRAILING), "k_lcm"),
  /** DEIS, Zhang and Chen 2022, of order three: one call a step; diffusers has it, not A1111. */
  DEIS("DEIS", Schedule.NORMAL, Set.of()),
  /** DPM-Solver++(2S) on given levels, Lu et al. 2022: one call a step; in diffusers. */
  DPMPP_2S("DPM++ 2S", Schedule.NORMAL, Set.of()),
  /** DPM-Solver++(3S) on given levels, Lu et al. 2022: one call a step; in diffusers. */
  DPMPP_3S("DPM++ 3S", Schedule.NORMAL, Set.of()),
  /** PNDM with Runge-Kutta at its start, Liu et al. 2022: nine more calls than {@link #PLMS}. */
  PNDM("PNDM", Schedule.NORMAL, Set.of(Trait.OWN_LEVELS, Trait.TIMESTEPS, Trait.TRAILING)),
  /**
   * Trajectory consistency, Zheng et al. 2024, for models and LoRAs trained so: 2 to 8 steps. Its
   * gamma is {@link SamplerOptions#etaDdim}, 0.3 unless that is set.
   */
  TCD("TCD", Schedule.NORMAL, Set.of(Trait.OWN_LEVELS, Trait.TIMESTEPS));

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

  @SuppressWarnings("ImmutableEnumChecker") // Set.of and List.of cannot change
  private final Set<Trait> traits;

  @SuppressWarnings("ImmutableEnumChecker")
  private final List<String> aliases;

  Sampler(String label, Schedule automaticSchedule, Set<Trait> traits, String... aliases) {
    this.label = label;
    this.automaticSchedule = automaticSchedule;
    this.traits = traits;
    this.aliases = List.of(aliases);
  }

  /** {@return the name that A1111 shows and writes into images, such as {@code DPM++ 2M}} */
  public String label() {
    return label;
  }

  /** {@return other names that A1111 and its API take, such as {@code k_euler_a}} */
  public List<String> aliases() {
    return aliases;
  }

  /**
   * {@return the schedule that {@link Schedule#AUTOMATIC} stands for with this sampler, as in
   * A1111}
   */
  public Schedule automaticSchedule() {
    return automaticSchedule;
  }

  /**
   * Says what a schedule comes down to with this sampler.
   *
   * @param schedule any, also the automatic one
   * @return {@link #automaticSchedule()} for {@link Schedule#AUTOMATIC}, else the schedule itself
   */
  public Schedule resolve(Schedule schedule) {
    Objects.requireNonNull(schedule, "schedule");
    return schedule == Schedule.AUTOMATIC ? automaticSchedule : schedule;
  }

  /**
   * {@return whether a step calls the U-Net twice} A1111 counts calls where a prompt changes over
   * the steps, so with such a sampler it does so in half steps.
   */
  public boolean secondOrder() {
    return traits.contains(Trait.SECOND_ORDER);
  }

  /**
   * {@return whether A1111 leaves out the last noise level above 0 but takes one more to begin
   * with}
   */
  public boolean discardsNextToLastSigma() {
    return traits.contains(Trait.DISCARD);
  }

  /** {@return whether images depend on A1111's "eta noise seed delta", and say so} */
  public boolean usesEnsd() {
    return traits.contains(Trait.ENSD);
  }

  /** {@return whether fresh noise comes from one path of Brownian motion for each image} */
  public boolean usesBrownianNoise() {
    return traits.contains(Trait.BROWNIAN);
  }

  /**
   * {@return whether the sampler has noise levels of its own} It then looks at no schedule but, in
   * some cases, {@link Schedule#TRAILING}; see {@link #follows}.
   */
  public boolean ignoresSchedule() {
    return traits.contains(Trait.OWN_LEVELS);
  }

  /**
   * Says whether a schedule decides the noise levels of this sampler. DDIM, DDIM CFG++, PLMS, PNDM
   * and LCM have levels of their own but for {@link Schedule#TRAILING}, and so do UniPC, TCD and
   * DPM fast and adaptive for all schedules.
   *
   * @param schedule any
   * @return false if images are the same as with another schedule
   */
  public boolean follows(Schedule schedule) {
    Objects.requireNonNull(schedule, "schedule");
    return !ignoresSchedule() || (schedule == Schedule.TRAILING && traits.contains(Trait.TRAILING));
  }

  /**
   * {@return from how many steps on its images are as clean as those of other samplers at the
   * default of 20, or 1 if they need no more than those} Below it they are grainy, and results have
   * a warning. The numbers are what the bundled model needs at guidance 4.
   */
  public int leastSteps() {
    return switch (this) {
      case LMS, PLMS, PNDM -> 40;
      case DPM_FAST, DEIS -> 25;
      default -> 1;
    };
  }

  /**
   * {@return whether it works on training time steps in the model's own form of latents, as DDIM
   * does} It then starts from unit noise, blends masks before a call, and takes the eta of DDIM.
   */
  public boolean onTimesteps() {
    return traits.contains(Trait.TIMESTEPS);
  }

  /**
   * Finds a sampler by its name; case, spaces and punctuation do not matter.
   *
   * @param name a label, an alias or the name of a constant, such as {@code DPM++ 2M}, {@code
   *     k_dpmpp_2m} or {@code dpmpp_2m}
   * @return the sampler of that name
   * @throws IllegalArgumentException if there is no such sampler; the message lists all
   */
  public static Sampler parse(String name) {
    Objects.requireNonNull(name, "name");
    return Labels.parse(values(), Sampler::label, Sampler::aliases, "sampler", name);
  }
}
