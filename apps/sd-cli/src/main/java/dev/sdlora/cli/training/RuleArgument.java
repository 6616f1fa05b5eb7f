package dev.sdlora.cli.training;

import dev.sdlora.api.value.Decimals;
import dev.sdlora.cli.console.OptionValue;
import dev.sdlora.training.option.LayerRule;
import java.util.regex.PatternSyntaxException;

/** A rule for layers as given on the command line, such as {@code IN04=rank:8,lr:0.5}. */
final class RuleArgument {
  private RuleArgument() {}

  /**
   * Parses a rule. The part before the last equals sign is the name of a block or a regular
   * expression; the part after it is {@code off}, or settings separated by commas.
   *
   * @throws IllegalArgumentException if it is not a rule
   */
  static LayerRule parse(String text) {
    int sign = text.lastIndexOf('=');
    if (sign < 1 || sign == text.length() - 1) {
      throw wrong(text);
    }
    String layers = text.substring(0, sign).strip();
    String settings = text.substring(sign + 1).strip();
    try {
      if (settings.equals("off")) {
        return LayerRule.leaveOut(layers);
      }
      LayerRule rule = LayerRule.of(layers);
      for (String setting : settings.split(",", -1)) {
        rule = with(rule, setting.strip(), text);
      }
      return rule;
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "must begin with a block or a regular expression: '%s' (%s)"
              .formatted(layers, e.getDescription()),
          e);
    }
  }

  private static LayerRule with(LayerRule rule, String setting, String text) {
    int colon = setting.indexOf(':');
    String value = setting.substring(colon + 1);
    return switch (setting.substring(0, Math.max(0, colon))) {
      case "rank" -> rule.withRank(OptionValue.wholeNumber(value));
      case "alpha" -> rule.withAlpha(Decimals.parse(value));
      case "lr" -> rule.withRateFactor(Decimals.parse(value));
      default -> throw wrong(text);
    };
  }

  private static IllegalArgumentException wrong(String text) {
    return new IllegalArgumentException(
        "must be layers and settings, such as IN04=rank:8,lr:0.5 or OUT11=off: '" + text + "'");
  }
}
