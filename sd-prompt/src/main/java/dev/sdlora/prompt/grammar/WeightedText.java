package dev.sdlora.prompt.grammar;

/**
 * A stretch of text of equal weight.
 *
 * @param text the text with its brackets and escapes resolved
 * @param weight its weight; 1 is neutral, and any number is allowed, negative ones included
 */
public record WeightedText(String text, double weight) {
  static final String BREAK = "BREAK";
  static final double BREAK_WEIGHT = -1;

  /**
   * Whether this is a chunk border instead of text. A {@code BREAK} inside brackets has a weight
   * other than -1 and is read as a word, as in A1111.
   */
  public boolean isBreak() {
    return weight == BREAK_WEIGHT && text.equals(BREAK);
  }
}
