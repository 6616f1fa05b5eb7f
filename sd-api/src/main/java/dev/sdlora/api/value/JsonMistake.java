package dev.sdlora.api.value;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Explains to people why a text is not JSON. Jackson's messages name its own classes and options,
 * and its word for the source where another bracket is meant.
 */
public final class JsonMistake {
  private static final List<Rule> RULES =
      List.of(
          rule(
              "\\((?:start marker|for \\w+ starting) at"
                  + " \\[Source: .*?; line: (\\d+), column: (\\d+)]\\)",
              "(opened at line $1, column $2)"),
          rule("\\(\\(CTRL-CHAR, code (\\d+)\\)\\)", "(code $1)"),
          rule("\\(('.+') \\(code \\d+\\)\\)", "$1"),
          rule(" \\(or 'NaN'/'\\+INF'/'-INF'\\)", ""),
          rule(" \\(of type \\w+\\) found after value .*", " after the value"),
          rule(", from `[^`]*`", ""),
          rule(": enable `[^`]*` to allow", ""),
          rule(" \\(not recognized as one [^)]*\\)", ""));

  private record Rule(Pattern jackson, String words) {}

  private JsonMistake() {}

  private static Rule rule(String jackson, String words) {
    return new Rule(Pattern.compile(jackson, Pattern.DOTALL), words);
  }

  /**
   * Returns the reason with its place, such as {@code Unexpected character ';': was expecting a
   * colon to separate field name and value (line 1, column 5)}.
   *
   * @param message Jackson's message without the place
   * @param line the line, from 1
   * @param column the column, from 1
   */
  public static String reason(String message, int line, int column) {
    return "%s (line %s, column %s)".formatted(reason(message), line, column);
  }

  /** Returns the reason without a place, which exceeded limits do not have. */
  public static String reason(String message) {
    String words = message;
    for (Rule rule : RULES) {
      words = rule.jackson().matcher(words).replaceAll(rule.words());
    }
    return words;
  }
}
