package dev.sdlora.server.training;

import dev.sdlora.request.FieldException;
import dev.sdlora.request.Fields;
import dev.sdlora.training.option.AdapterKind;
import dev.sdlora.training.option.AdapterOptions;
import dev.sdlora.training.option.LayerRule;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Reads what is trained for each layer from the group {@code adapter}. */
final class AdapterFields {
  private static final String GROUP = "adapter.";
  private static final String RULES = GROUP + "rules";
  private static final Set<String> OF_RULE =
      Set.of("layers", "trained", "rank", "alpha", "rate_factor");
  private static final int MOST_RULES = 32;
  private static final int LONGEST_PATTERN = 200;

  /** Any more of these, or a repeated group, could take hours to match some name of a layer. */
  private static final int MOST_REPETITIONS = 3;

  private static final Pattern REPETITION = Pattern.compile("[*+?{]");
  private static final Pattern REPEATED_GROUP = Pattern.compile("\\)[*+?{]");
  private static final Pattern BACK_REFERENCE = Pattern.compile("\\\\[1-9k]");

  private AdapterFields() {}

  /** Reads the options. */
  static AdapterOptions read(Fields fields) {
    AdapterOptions kind =
        AdapterOptions.of(
            TrainingFields.choice(fields, GROUP + "kind", AdapterKind.class)
                .orElse(AdapterKind.LORA));
    AdapterOptions options =
        new OptionDraft<>(fields, GROUP, kind)
            .flag("dora", AdapterOptions::withDora)
            .whole("lokr_factor", AdapterOptions::withLokrFactor)
            .flag("rank_stabilized", AdapterOptions::withRankStabilised)
            .number("lora_plus_ratio", AdapterOptions::withLoraPlusRatio)
            .number("dropout", AdapterFields::withDropout)
            .number("rank_dropout", AdapterFields::withRankDropout)
            .number("module_dropout", AdapterFields::withModuleDropout)
            .options();
    AdapterOptions whole = withConvolutions(fields, options);
    for (LayerRule rule : rules(fields)) {
      whole = whole.withRule(rule);
    }
    return whole;
  }

  private static AdapterOptions withDropout(AdapterOptions options, double share) {
    return options.withDropout(share, options.rankDropout(), options.moduleDropout());
  }

  private static AdapterOptions withRankDropout(AdapterOptions options, double share) {
    return options.withDropout(options.dropout(), share, options.moduleDropout());
  }

  private static AdapterOptions withModuleDropout(AdapterOptions options, double share) {
    return options.withDropout(options.dropout(), options.rankDropout(), share);
  }

  /** Reads the settings of 3×3 convolutions; a missing alpha is the rank. */
  private static AdapterOptions withConvolutions(Fields fields, AdapterOptions options) {
    String rank = GROUP + "convolution_rank";
    String alpha = GROUP + "convolution_alpha";
    if (fields.has(alpha) && !fields.has(rank)) {
      throw new FieldException(alpha, "field '%s' requires '%s'".formatted(alpha, rank));
    }
    return new OptionDraft<>(fields, GROUP, options)
        .whole("convolution_rank", (o, value) -> o.withConvolutions(value, value))
        .number(
            "convolution_alpha",
            (o, value) -> o.withConvolutions(o.convolutionRank().orElseThrow(), value))
        .options();
  }

  private static List<LayerRule> rules(Fields fields) {
    List<Fields> given = TrainingFields.list(fields, RULES, OF_RULE);
    if (given.size() > MOST_RULES) {
      throw new FieldException(
          RULES,
          "field '%s' has %s rules; the limit is %s".formatted(RULES, given.size(), MOST_RULES));
    }
    LayerRule[] rules = new LayerRule[given.size()];
    for (int i = 0; i < rules.length; i++) {
      rules[i] = rule(given.get(i), TrainingFields.prefix(RULES, i));
    }
    return List.of(rules);
  }

  private static LayerRule rule(Fields fields, String prefix) {
    String layers = layers(fields, prefix + "layers");
    LayerRule start =
        new LayerRule(
            layers,
            fields.flag(prefix + "trained", true),
            OptionalInt.empty(),
            OptionalDouble.empty(),
            1);
    return new OptionDraft<>(fields, prefix, start)
        .whole("rank", LayerRule::withRank)
        .number("alpha", LayerRule::withAlpha)
        .number("rate_factor", LayerRule::withRateFactor)
        .options();
  }

  /** Reads a regular expression that matches every name of a layer in little time. */
  private static String layers(Fields fields, String name) {
    String text =
        fields
            .name(name)
            .orElseThrow(() -> new FieldException(name, "field '%s' is missing".formatted(name)))
            .strip();
    String shown = text.length() > LONGEST_PATTERN ? text.substring(0, 60) + "…" : text;
    if (text.length() > LONGEST_PATTERN
        || REPETITION.matcher(text).results().count() > MOST_REPETITIONS
        || REPEATED_GROUP.matcher(text).find()
        || BACK_REFERENCE.matcher(text).find()) {
      throw new FieldException(
          name,
          "field '%s' may have %s characters and %s of * + ? {, none after a group, and no reference to a group: '%s'"
              .formatted(name, LONGEST_PATTERN, MOST_REPETITIONS, shown));
    }
    try {
      Pattern.compile(text);
      return text;
    } catch (PatternSyntaxException e) {
      throw new FieldException(
          name,
          "field '%s' is not a regular expression: %s at position %s of '%s'"
              .formatted(name, e.getDescription(), e.getIndex(), shown),
          e);
    }
  }
}
