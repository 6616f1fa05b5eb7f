package dev.sdlora.prompt.grammar;

import org.jspecify.annotations.Nullable;

/**
 * A weight after a colon, such as {@code : 1.2 }: an optional sign, digits of any script with at
 * most one dot, and surrounding blanks.
 *
 * @param value the weight
 * @param end the offset after the weight and its blanks
 */
record WrittenWeight(double value, int end) {

  /** Reads the weight after a colon; null if the text there is not a weight. */
  static @Nullable WrittenWeight at(String text, int colon) {
    StringBuilder number = new StringBuilder();
    int at = skipSpaces(text, colon + 1);
    if (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
      number.append(text.charAt(at++));
    }
    int dots = 0;
    int digits = 0;
    while (at < text.length()) {
      int codePoint = text.codePointAt(at);
      if (codePoint == '.') {
        number.append('.');
        dots++;
      } else if (Character.isDigit(codePoint)) {
        number.append(Character.digit(codePoint, 10));
        digits++;
      } else {
        break;
      }
      at += Character.charCount(codePoint);
    }
    boolean wellFormed = digits > 0 && dots <= 1;
    return wellFormed
        ? new WrittenWeight(Double.parseDouble(number.toString()), skipSpaces(text, at))
        : null;
  }

  private static int skipSpaces(String text, int from) {
    int at = from;
    while (at < text.length() && Characters.isSpace(text.charAt(at))) {
      at++;
    }
    return at;
  }
}
