package dev.sdlora.training.option;

import dev.sdlora.api.value.Checks;
import java.util.Objects;
import java.util.OptionalDouble;

/**
 * The optimiser and its settings, apart from learning rate and weight decay.
 *
 * @param kind how gradients change weights. Default: {@link OptimiserKind#ADAMW}
 * @param beta1 the decay rate of the average of gradients, 0 to below 1; of {@link
 *     OptimiserKind#LION}, the share of that average in a step; empty for 0.9
 * @param beta2 the decay rate of the average of squared gradients, 0 to below 1; of {@link
 *     OptimiserKind#LION}, that of the average of gradients; empty for 0.999, or 0.99 for Lion
 * @param growth the factor on Prodigy's estimate of the learning rate ({@code d_coef}), above 0;
 *     other kinds ignore it. Default: 1
 */
public record OptimiserOptions(
    OptimiserKind kind, OptionalDouble beta1, OptionalDouble beta2, double growth) {

  /** AdamW with its usual settings. */
  public static final OptimiserOptions DEFAULTS = of(OptimiserKind.ADAMW);

  /** Checks the options; see the class for their ranges. */
  public OptimiserOptions {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(beta1, "beta1");
    Objects.requireNonNull(beta2, "beta2");
    beta1.ifPresent(given -> decay(given, "beta1"));
    beta2.ifPresent(given -> decay(given, "beta2"));
    Checks.require(
        kind != OptimiserKind.ADAFACTOR || (beta1.isEmpty() && beta2.isEmpty()),
        "betas",
        "not be set for Adafactor, which has none",
        beta1.orElse(beta2.orElse(0)));
    Checks.positive(growth, "growth");
  }

  private static void decay(double value, String name) {
    Checks.require(value >= 0 && value < 1, name, "be at least 0 and below 1", value);
  }

  /**
   * Returns an optimiser with its usual settings.
   *
   * @param kind how gradients change weights
   * @return the options
   */
  public static OptimiserOptions of(OptimiserKind kind) {
    return new OptimiserOptions(kind, OptionalDouble.empty(), OptionalDouble.empty(), 1);
  }

  /**
   * Returns a copy with other decay rates; not for {@link OptimiserKind#ADAFACTOR}.
   *
   * @param first that of the average of gradients, 0 to below 1
   * @param second that of the average of squared gradients, 0 to below 1
   * @return the copy
   */
  public OptimiserOptions withBetas(double first, double second) {
    return new OptimiserOptions(kind, OptionalDouble.of(first), OptionalDouble.of(second), growth);
  }

  /**
   * Returns a copy with another factor on Prodigy's estimate.
   *
   * @param factor the factor, above 0
   * @return the copy
   */
  public OptimiserOptions withGrowth(double factor) {
    return new OptimiserOptions(kind, beta1, beta2, factor);
  }
}
