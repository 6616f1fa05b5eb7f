package dev.sdlora.training.setting;

import static dev.sdlora.api.setting.Door.COMMAND_LINE;
import static dev.sdlora.api.setting.Door.JSON;
import static dev.sdlora.api.setting.Draft.optionalPart;
import static dev.sdlora.api.setting.Draft.part;

import dev.sdlora.api.setting.Draft;
import dev.sdlora.api.setting.Group;
import dev.sdlora.api.setting.Kind;
import dev.sdlora.training.option.AdapterKind;
import dev.sdlora.training.option.AdapterOptions;
import dev.sdlora.training.option.LayerRule;
import dev.sdlora.training.option.LearningRateSchedule;
import dev.sdlora.training.option.OptimiserKind;
import dev.sdlora.training.option.OptimiserOptions;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** The settings of the changes to layers and of the optimiser. */
public final class OptionSettings {
  static final Kind<Double> POSITIVE = Kind.number(Double.MIN_VALUE, Double.POSITIVE_INFINITY);
  static final Kind<Double> BELOW_1 = Kind.number(0, Kind.BELOW_1);
  static final Kind<Integer> RANK = Kind.whole(1, 1024);

  private static final Group<LayerRule, Draft> RULE =
      Group.ofParts(
              LayerRule.of(".*"),
              draft ->
                  new LayerRule(
                      draft.get("layers"),
                      draft.get("trained"),
                      whole(draft, "rank"),
                      number(draft, "alpha"),
                      draft.get("rateFactor")))
          .with(part("layers", Kind.text(), "Block or regular expression.", LayerRule::layers))
          .required()
          .with(part("trained", Kind.flag(), "Train the layers.", LayerRule::trained))
          .with(optionalPart("rank", RANK, "Rank of the layers.", rule -> boxed(rule.rank())))
          .with(optionalPart("alpha", POSITIVE, "Alpha.", rule -> boxed(rule.alpha())))
          .with(part("rateFactor", POSITIVE, "Factor on the learning rate.", LayerRule::rateFactor))
          .allWithout(COMMAND_LINE, "part of `--rules`")
          .group();

  /** The settings of {@link AdapterOptions}. */
  public static final Group<AdapterOptions, Draft> ADAPTER =
      Group.ofParts(
              AdapterOptions.DEFAULTS,
              draft ->
                  new AdapterOptions(
                      draft.get("kind"),
                      draft.get("dora"),
                      whole(draft, "convolutionRank"),
                      number(draft, "convolutionAlpha"),
                      draft.get("lokrFactor"),
                      draft.get("rankStabilised"),
                      draft.get("loraPlusRatio"),
                      draft.get("dropout"),
                      draft.get("rankDropout"),
                      draft.get("moduleDropout"),
                      draft.get("rules")))
          .with(
              part(
                  "kind",
                  Kind.constant(AdapterKind.class),
                  "Kind of change of each layer; LoCon is lora with --modules convolutions.",
                  AdapterOptions::kind))
          .named(COMMAND_LINE, "--network-type")
          .with(
              optionalPart(
                  "convolutionRank",
                  RANK,
                  "Rank of 3x3 convolutions, with --modules convolutions.",
                  options -> boxed(options.convolutionRank())))
          .named(COMMAND_LINE, "--conv-rank")
          .unit("N")
          .unset("--rank")
          .with(
              optionalPart(
                  "convolutionAlpha",
                  POSITIVE,
                  "Alpha of 3x3 convolutions.",
                  options -> boxed(options.convolutionAlpha())))
          .named(COMMAND_LINE, "--conv-alpha")
          .unset("--conv-rank")
          .needs("convolutionRank")
          .with(
              part(
                  "dora",
                  Kind.flag(),
                  "Train the magnitude of each output as well (DoRA).",
                  AdapterOptions::dora))
          .with(
              part(
                  "rankStabilised",
                  Kind.flag(),
                  "Multiply changes by alpha / √rank (rank-stabilised LoRA).",
                  AdapterOptions::rankStabilised))
          .named(JSON, "rank_stabilized")
          .named(COMMAND_LINE, "--rs-lora")
          .with(
              part(
                  "lokrFactor",
                  Kind.whole(-1, Integer.MAX_VALUE),
                  "Blocks of each side in LoKr; -1 for the divisor nearest to the root.",
                  AdapterOptions::lokrFactor))
          .with(
              part(
                  "rules",
                  Kind.list(Kind.object(RULE)),
                  "Settings for some layers; the first match counts.",
                  AdapterOptions::rules))
          .with(
              part(
                  "dropout",
                  BELOW_1,
                  "Share of inner values that are 0 in each step.",
                  AdapterOptions::dropout))
          .with(
              part(
                  "rankDropout",
                  BELOW_1,
                  "Share of ranks that are left out in each step.",
                  AdapterOptions::rankDropout))
          .with(
              part(
                  "moduleDropout",
                  BELOW_1,
                  "Share of layers that are unchanged in each step.",
                  AdapterOptions::moduleDropout))
          .with(
              part(
                  "loraPlusRatio",
                  POSITIVE,
                  "Factor on the learning rate of the second factor (LoRA+).",
                  AdapterOptions::loraPlusRatio))
          .named(COMMAND_LINE, "--lora-plus")
          .group();

  /** The settings of {@link OptimiserOptions}. */
  public static final Group<OptimiserOptions, Draft> OPTIMISER =
      Group.ofParts(
              OptimiserOptions.DEFAULTS,
              draft ->
                  new OptimiserOptions(
                      draft.get("kind"),
                      number(draft, "beta1"),
                      number(draft, "beta2"),
                      draft.get("growth")))
          .with(
              part(
                  "kind",
                  Kind.constant(OptimiserKind.class),
                  "Optimiser. Prodigy needs --learning-rate 1.",
                  OptimiserOptions::kind))
          .named(COMMAND_LINE, "--optimizer")
          .with(
              optionalPart(
                  "beta1",
                  BELOW_1,
                  "Decay rate of the average of gradients.",
                  options -> boxed(options.beta1())))
          .named(COMMAND_LINE, "--betas")
          .described(COMMAND_LINE, "Decay rates of the averages of gradients.")
          .unset("by --optimizer")
          .with(
              optionalPart(
                  "beta2",
                  BELOW_1,
                  "Decay rate of the average of squared gradients.",
                  options -> boxed(options.beta2())))
          .named(COMMAND_LINE, "--betas")
          .unset("by --optimizer")
          .with(
              part(
                  "growth",
                  POSITIVE,
                  "Factor on Prodigy's estimate of the learning rate.",
                  OptimiserOptions::growth))
          .named(COMMAND_LINE, "--d-coef")
          .onlyWith("kind", "prodigy")
          .group();

  /** The settings of {@link LearningRateSchedule}. */
  public static final Group<LearningRateSchedule, Draft> SCHEDULE =
      Group.ofParts(
              LearningRateSchedule.CONSTANT,
              draft -> new LearningRateSchedule(draft.get("shape"), draft.get("cycles")))
          .with(
              part(
                  "shape",
                  Kind.constant(LearningRateSchedule.Shape.class),
                  "Course of the learning rate after the warm-up.",
                  LearningRateSchedule::shape))
          .named(COMMAND_LINE, "--scheduler")
          .with(
              part(
                  "cycles",
                  Kind.whole(1, Integer.MAX_VALUE),
                  "Times that the cosine starts over.",
                  LearningRateSchedule::cycles))
          .group();

  private OptionSettings() {}

  static Optional<Integer> boxed(OptionalInt number) {
    return number.isPresent() ? Optional.of(number.getAsInt()) : Optional.empty();
  }

  static Optional<Double> boxed(OptionalDouble number) {
    return number.isPresent() ? Optional.of(number.getAsDouble()) : Optional.empty();
  }

  private static OptionalInt whole(Draft draft, String name) {
    return draft.<Integer>find(name).map(OptionalInt::of).orElse(OptionalInt.empty());
  }

  private static OptionalDouble number(Draft draft, String name) {
    return draft.<Double>find(name).map(OptionalDouble::of).orElse(OptionalDouble.empty());
  }
}
