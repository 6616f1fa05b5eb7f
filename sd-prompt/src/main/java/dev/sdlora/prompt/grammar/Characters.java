package dev.sdlora.prompt.grammar;

/**
 * The character classes of the prompt language: those of Python's {@code re} and {@code str}, which
 * differ from {@link Character}'s. Letters and digits that are newer than the JDK's Unicode version
 * are not recognized.
 */
public final class Characters {
  private Characters() {}

  /** Whether a code point is white space to {@code str.strip} and {@code \s}. */
  public static boolean isSpace(int codePoint) {
    return switch (codePoint) {
      case '\u0085', '\u00a0', '\u2007', '\u202f' -> true;
      default -> Character.isWhitespace(codePoint);
    };
  }

  /** Whether a code point is a letter, a number or an underscore: {@code \w}. */
  static boolean isWord(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.LETTER_NUMBER, Character.OTHER_NUMBER -> true;
      default -> Character.isLetterOrDigit(codePoint) || codePoint == '_';
    };
  }

  /**
   * Whether no letter, number or underscore touches the word in this range: {@code \b} at both
   * ends.
   */
  static boolean standsAlone(String text, int from, int to) {
    return (from == 0 || !isWord(text.codePointBefore(from)))
        && (to == text.length() || !isWord(text.codePointAt(to)));
  }

  /** Returns the text without leading and trailing white space: {@code str.strip}. */
  public static String strip(String text) {
    int from = 0;
    while (from < text.length() && isSpace(text.charAt(from))) {
      from++;
    }
    return stripEnd(text.substring(from));
  }

  /** Returns the text without trailing white space: {@code str.rstrip}. */
  public static String stripEnd(String text) {
    int to = text.length();
    while (to > 0 && isSpace(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(0, to);
  }
}
