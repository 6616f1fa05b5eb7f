package dev.sdlora.training.option;

import dev.sdlora.api.value.Checks;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The change that is trained for each layer, apart from rank and alpha.
 *
 * @param kind how the change of a layer is made. Default: {@link AdapterKind#LORA}
 * @param dora whether to train the magnitude of each output as well (Liu et al. 2024, "DoRA"); not
 *     for IA3, and only for images of strength 1. Default: false
 * @param convolutionRank the rank of 3×3 convolutions; empty for that of all layers
 * @param convolutionAlpha the alpha of 3×3 convolutions; empty for that of all layers
 * @param lokrFactor the number of blocks that LoKr divides each side into, at least 2, or the
 *     largest divisor below it; -1, the default, for the divisor closest to the root
 * @param rankStabilised whether changes are multiplied by alpha divided by the root of the rank
 *     (Kalajdzievski 2023); files then store the alpha times that root, so that programs need not
 *     know of it. Default: false
 * @param loraPlusRatio the factor on the learning rate of a LoRA's second factor (Hayou et al.
 *     2024, "LoRA+"), above 0; 1 for other kinds. Default: 1
 * @param dropout the share of the inner values of a LoRA that are set to 0 in each step, 0 to below
 *     1; 0 for other kinds and for DoRA. Default: 0
 * @param rankDropout the share of rank components of a LoRA that are left out for each image in
 *     each step, and of rows of the change for other kinds and for DoRA, 0 to below 1; 0 for IA3.
 *     Default: 0
 * @param moduleDropout the share of layers that are left unchanged in each step, 0 to below 1.
 *     Default: 0
 * @param rules settings for some layers; for each layer, the first rule that matches counts
 */
public record AdapterOptions(
    AdapterKind kind,
    boolean dora,
    OptionalInt convolutionRank,
    OptionalDouble convolutionAlpha,
    int lokrFactor,
    boolean rankStabilised,
    double loraPlusRatio,
    double dropout,
    double rankDropout,
    double moduleDropout,
    List<LayerRule> rules) {

  /** A LoRA without further options. */
  public static final AdapterOptions DEFAULTS = of(AdapterKind.LORA);

  /** Checks the options; see the class for their ranges. */
  public AdapterOptions {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(convolutionRank, "convolutionRank");
    Objects.requireNonNull(convolutionAlpha, "convolutionAlpha");
    Objects.requireNonNull(rules, "rules");
    Checks.require(!dora || kind != AdapterKind.IA3, "dora", "be false for IA3", dora);
    convolutionRank.ifPresent(rank -> Checks.inRange(1, 1024, rank, "convolutionRank"));
    convolutionAlpha.ifPresent(alpha -> Checks.positive(alpha, "convolutionAlpha"));
    Checks.require(
        lokrFactor == -1 || lokrFactor >= 2, "lokrFactor", "be -1 or at least 2", lokrFactor);
    Checks.positive(loraPlusRatio, "loraPlusRatio");
    share(dropout, "dropout");
    share(rankDropout, "rankDropout");
    share(moduleDropout, "moduleDropout");
    boolean factored = kind == AdapterKind.LORA && !dora;
    Checks.require(
        dropout == 0 || factored,
        "dropout",
        "be 0 for kinds other than LoRA and for DoRA",
        dropout);
    Checks.require(
        rankDropout == 0 || kind != AdapterKind.IA3, "rankDropout", "be 0 for IA3", rankDropout);
    Checks.require(
        loraPlusRatio == 1 || kind == AdapterKind.LORA,
        "loraPlusRatio",
        "be 1 for kinds other than LoRA",
        loraPlusRatio);
    Checks.require(
        !rankStabilised || kind != AdapterKind.IA3, "rankStabilised", "be false for IA3", true);
    rules = List.copyOf(rules);
  }

  private static void share(double value, String name) {
    Checks.require(value >= 0 && value < 1, name, "be at least 0 and below 1", value);
  }

  /**
   * Returns options of a kind.
   *
   * @param kind how the change of a layer is made
   * @return the kind without further options
   */
  public static AdapterOptions of(AdapterKind kind) {
    return new AdapterOptions(
        kind, false, OptionalInt.empty(), OptionalDouble.empty(), -1, false, 1, 0, 0, 0, List.of());
  }

  /**
   * Returns a copy of another kind.
   *
   * @param other how the change of a layer is made
   * @return the copy
   */
  public AdapterOptions withKind(AdapterKind other) {
    return with(draft -> draft.kind = other);
  }

  /**
   * Returns a copy with or without trained magnitudes.
   *
   * @param trained whether magnitudes are trained
   * @return the copy
   */
  public AdapterOptions withDora(boolean trained) {
    return with(draft -> draft.dora = trained);
  }

  /**
   * Returns a copy with other settings of 3×3 convolutions.
   *
   * @param rank the rank, 1 to 1024
   * @param alpha the alpha, above 0
   * @return the copy
   */
  public AdapterOptions withConvolutions(int rank, double alpha) {
    return with(
        draft -> {
          draft.convolutionRank = OptionalInt.of(rank);
          draft.convolutionAlpha = OptionalDouble.of(alpha);
        });
  }

  /**
   * Returns a copy with another factor of LoKr.
   *
   * @param factor at least 2, or -1
   * @return the copy
   */
  public AdapterOptions withLokrFactor(int factor) {
    return with(draft -> draft.lokrFactor = factor);
  }

  /**
   * Returns a copy with or without rank-stabilised scaling.
   *
   * @param stabilised whether changes are divided by the root of the rank
   * @return the copy
   */
  public AdapterOptions withRankStabilised(boolean stabilised) {
    return with(draft -> draft.rankStabilised = stabilised);
  }

  /**
   * Returns a copy with another ratio of learning rates.
   *
   * @param ratio the factor on the learning rate of the second factor, above 0
   * @return the copy
   */
  public AdapterOptions withLoraPlusRatio(double ratio) {
    return with(draft -> draft.loraPlusRatio = ratio);
  }

  /**
   * Returns a copy with other dropouts.
   *
   * @param values the share of inner values, 0 to below 1
   * @param ranks the share of rank components, 0 to below 1
   * @param modules the share of layers, 0 to below 1
   * @return the copy
   */
  public AdapterOptions withDropout(double values, double ranks, double modules) {
    return with(
        draft -> {
          draft.dropout = values;
          draft.rankDropout = ranks;
          draft.moduleDropout = modules;
        });
  }

  /**
   * Returns a copy with a further rule.
   *
   * @param rule the rule, which counts if no earlier one matches
   * @return the copy
   */
  public AdapterOptions withRule(LayerRule rule) {
    Objects.requireNonNull(rule, "rule");
    return with(draft -> draft.rules = Stream.concat(rules.stream(), Stream.of(rule)).toList());
  }

  private AdapterOptions with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.options();
  }

  /** The options of a copy that is being made. */
  private static final class Draft {
    AdapterKind kind;
    boolean dora;
    OptionalInt convolutionRank;
    OptionalDouble convolutionAlpha;
    int lokrFactor;
    boolean rankStabilised;
    double loraPlusRatio;
    double dropout;
    double rankDropout;
    double moduleDropout;
    List<LayerRule> rules;

    Draft(AdapterOptions options) {
      kind = options.kind;
      dora = options.dora;
      convolutionRank = options.convolutionRank;
      convolutionAlpha = options.convolutionAlpha;
      lokrFactor = options.lokrFactor;
      rankStabilised = options.rankStabilised;
      loraPlusRatio = options.loraPlusRatio;
      dropout = options.dropout;
      rankDropout = options.rankDropout;
      moduleDropout = options.moduleDropout;
      rules = options.rules;
    }

    AdapterOptions options() {
      return new AdapterOptions(
          kind,
          dora,
          convolutionRank,
          convolutionAlpha,
          lokrFactor,
          rankStabilised,
          loraPlusRatio,
          dropout,
          rankDropout,
          moduleDropout,
          rules);
    }
  }
}
