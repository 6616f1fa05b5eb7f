package dev.sdlora.api.sampling;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.value.Labels;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Methods for generating images in a few steps. Each needs a LoRA or a checkpoint distilled for it.
 * A request selects one with {@link PromptSpec.Builder#fewSteps(FewSteps)}, which applies the
 * settings that the authors recommend:
 *
 * <table>
 * <caption>Settings of each method</caption>
 * <tr><th>Method</th><th>Steps (default)</th><th>Sampler</th><th>Schedule</th>
 *     <th>CFG scale</th><th>Other settings</th></tr>
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
 * <p>At CFG scale 1 the negative prompt is ignored, and a step takes half the work. LoRAs that keep
 * guidance (Hyper-SD's "CFG" and PCM's "normalcfg" LoRAs) need a {@link
 * PromptSpec.Builder#cfgScale} of 5 to 8; LCM works with up to 2.
 */
public enum FewSteps {
  /** Latent consistency: Luo et al. 2023, "LCM-LoRA". */
  LCM("LCM", 1, 4, 8),
  /** SDXL-Lightning: Lin et al. 2024. Separate LoRAs for 2, 4 and 8 steps. */
  LIGHTNING("Lightning", 2, 4, 8),
  /**
   * Hyper-SD: Ren et al. 2024. Separate LoRAs for 1, 2, 4 and 8 steps; the LoRAs for 8 and 12 steps
   * with "CFG" in their names keep guidance.
   */
  HYPER("Hyper", 1, 4, 12),
  /** Trajectory consistency: Zheng et al. 2024. */
  TCD("TCD", 2, 4, 20),
  /** Phased consistency: Wang et al. 2024. Separate LoRAs for 2, 4, 8 and 16 steps. */
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

  /** {@return the default number of steps} */
  public int usualSteps() {
    return usual;
  }

  /** {@return the smallest number of steps that the method supports} */
  public int leastSteps() {
    return least;
  }

  /** {@return the largest number of steps that the method supports} */
  public int mostSteps() {
    return most;
  }

  /**
   * Finds a method by its name.
   *
   * @param name the label or the constant's name; case, spaces and punctuation are ignored
   * @return the method
   * @throws IllegalArgumentException if the name is unknown; the message lists all methods
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
   * @throws IllegalArgumentException if the method does not support this number of steps
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
   * Returns the recommended CFG scale.
   *
   * @param steps the number of steps
   * @return the scale; 1 for no guidance
   * @throws IllegalArgumentException if the method does not support this number of steps
   */
  public double cfgScale(int steps) {
    requireRange(steps);
    return this == HYPER && steps > MOST_WITHOUT_GUIDANCE ? LOWEST_GUIDANCE : 1;
  }

  /**
   * Returns sampler options with the eta and the final sigma that this method needs.
   *
   * @param steps the number of steps
   * @param options the other options
   * @param keepsSet whether values set in {@code options} take precedence
   * @return the options
   * @throws IllegalArgumentException if the method does not support this number of steps
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
