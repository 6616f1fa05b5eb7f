package dev.sdlora.api.sampling;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.value.Labels;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Ways to draw in a few steps. Each needs a LoRA or a checkpoint that was distilled so; a request
 * names it by {@link PromptSpec.Builder#fewSteps(FewSteps)}, which sets what the authors recommend:
 *
 * <table>
 * <caption>What each sets</caption>
 * <tr><th>Method</th><th>Steps (usual)</th><th>Sampler</th><th>Schedule</th>
 *     <th>Guidance scale</th><th>Besides</th></tr>
 * <tr><td>LCM</td><td>1 to 8 (4)</td><td>LCM</td><td>Trailing: 999, 759, 499, 259</td><td>1</td>
 *     <td></td></tr>
 * <tr><td>Lightning</td><td>2 to 8 (4)</td><td>Euler</td><td>Trailing</td><td>1</td><td></td></tr>
 * <tr><td>Hyper</td><td>1 to 12 (4)</td><td>DDIM; TCD for 1 step</td><td>Trailing</td>
 *     <td>1; 5 for more than 8 steps</td><td>{@code etaDdim} 1 for 1 step</td></tr>
 * <tr><td>TCD</td><td>2 to 20 (4)</td><td>TCD</td><td>its own</td><td>1</td>
 *     <td>{@code etaDdim} 0.3</td></tr>
 * <tr><td>PCM</td><td>2 to 16 (4)</td><td>DDIM</td><td>Trailing</td><td>1</td>
 *     <td>{@code endAtSigmaMin}</td></tr>
 * <tr><td>Turbo</td><td>1 to 4 (1)</td><td>Euler a</td><td>Trailing</td><td>1</td><td></td></tr>
 * </table>
 *
 * <p>At guidance scale 1 the negative prompt is not used, and a step costs half. LoRAs that keep
 * guidance (Hyper-SD's "CFG" ones, PCM's "normalcfg") want {@link PromptSpec.Builder#cfgScale} 5 to
 * 8, LCM takes up to 2.
 */
public enum FewSteps {
  /** Latent consistency: Luo et al. 2023, "LCM-LoRA". */
  LCM("LCM", 1, 4, 8),
  /** SDXL-Lightning: Lin et al. 2024. A LoRA for each of 2, 4 and 8 steps. */
  LIGHTNING("Lightning", 2, 4, 8),
  /**
   * Hyper-SD: Ren et al. 2024. A LoRA for each of 1, 2, 4 and 8 steps; those for 8 and 12 steps
   * with "CFG" in their names keep guidance.
   */
  HYPER("Hyper", 1, 4, 12),
  /** Trajectory consistency: Zheng et al. 2024. */
  TCD("TCD", 2, 4, 20),
  /** Phased consistency: Wang et al. 2024. A LoRA for each of 2, 4, 8 and 16 steps. */
  PCM("PCM", 2, 4, 16),
  /** SDXL-Turbo and SD-Turbo: Sauer et al. 2023, "Adversarial Diffusion Distillation". */
  TURBO("Turbo", 1, 1, 4);

  private static final int MOST_WITHOUT_GUIDANCE = 8;
  private static final double LOWEST_GUIDANCE = 5;
  private static final double TCD_ETA = 0.3;

  private final String label;
  private final int least;
  private final int usual;
  private final int most;

  FewSteps(String label, int least, int usual, int most) {
    this.label = label;
    this.least = least;
    this.usual = usual;
    this.most = most;
  }

  /** {@return the name of the method, such as {@code Lightning}} */
  public String label() {
    return label;
  }

  /** {@return the number of steps if none is given} */
  public int usualSteps() {
    return usual;
  }

  /** {@return the fewest steps that it is made for} */
  public int leastSteps() {
    return least;
  }

  /** {@return the most steps that it is made for} */
  public int mostSteps() {
    return most;
  }

  /**
   * Finds a method by its name.
   *
   * @param name the label or constant name; case, spaces and punctuation do not matter
   * @return the method
   * @throws IllegalArgumentException if there is no such method; the message lists all
   */
  public static FewSteps parse(String name) {
    Objects.requireNonNull(name, "name");
    return Labels.parse(values(), FewSteps::label, "few-step method", name);
  }

  /**
   * Returns the recommended sampler.
   *
   * @param steps the number of steps
   * @return the sampler
   * @throws IllegalArgumentException if the method was not made for this number of steps
   */
  public Sampler sampler(int steps) {
    requireRange(steps);
    return switch (this) {
      case LCM -> Sampler.LCM;
      case LIGHTNING -> Sampler.EULER;
      case HYPER -> steps == 1 ? Sampler.TCD : Sampler.DDIM;
      case PCM -> Sampler.DDIM;
      case TCD -> Sampler.TCD;
      case TURBO -> Sampler.EULER_A;
    };
  }

  /**
   * Returns the recommended guidance scale.
   *
   * @param steps the number of steps
   * @return the scale, 1 for no guidance
   * @throws IllegalArgumentException if the method was not made for this number of steps
   */
  public double cfgScale(int steps) {
    requireRange(steps);
    return this == HYPER && steps > MOST_WITHOUT_GUIDANCE ? LOWEST_GUIDANCE : 1;
  }

  /**
   * Returns sampler options with the eta and the last sigma that this method needs.
   *
   * @param steps the number of steps
   * @param options the other options
   * @param keepsSet whether values set in {@code options} take precedence
   * @return the options
   * @throws IllegalArgumentException if the method was not made for this number of steps
   */
  public SamplerOptions samplerOptions(int steps, SamplerOptions options, boolean keepsSet) {
    Objects.requireNonNull(options, "options");
    requireRange(steps);
    Optional<Boolean> endAtSigmaMin = this == PCM ? Optional.of(true) : Optional.empty();
    return options.with(eta(steps), endAtSigmaMin, keepsSet);
  }

  private void requireRange(int steps) {
    if (steps < least || steps > most) {
      throw new IllegalArgumentException(
          "%s is made for %s to %s steps: %s".formatted(label, least, most, steps));
    }
  }

  private OptionalDouble eta(int steps) {
    return switch (this) {
      case TCD -> OptionalDouble.of(TCD_ETA);
      case HYPER -> steps == 1 ? OptionalDouble.of(1) : OptionalDouble.empty();
      default -> OptionalDouble.empty();
    };
  }
}
