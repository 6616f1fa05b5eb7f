package dev.sdlora.cli.option;

import dev.sdlora.api.value.Decimals;

/** An option value of two numbers, such as {@code 0.2,0.8}. */
public record NumberPair(double first, double second) {
  /**
   * Parses a pair.
   *
   * @throws IllegalArgumentException if the text is not two numbers
   */
  public static NumberPair parse(String text) {
    String[] parts = text.split(",", -1);
    try {
      if (parts.length == 2) {
        return new NumberPair(Decimals.parse(parts[0]), Decimals.parse(parts[1]));
      }
    } catch (IllegalArgumentException e) {
      throw wrong(text);
    }
    throw wrong(text);
  }

  private static IllegalArgumentException wrong(String text) {
    return new IllegalArgumentException("must be two numbers separated by a comma: '" + text + "'");
  }
}
