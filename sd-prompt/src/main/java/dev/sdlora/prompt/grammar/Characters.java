package dev.sdlora.prompt.grammar;

/**
 * The character classes that the prompt language is defined in: those of Python's {@code re} and
 * {@code str}, which differ from {@link Character}'s. Letters and digits that are newer than the
 * JDK's edition of Unicode are not known as such.
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

  /** Whether no letter, number or underscore touches the word at this place: {@code \b} twice. */
  static boolean standsAlone(String text, int from, int to) {
    return (from == 0 || !isWord(text.codePointBefore(from)))
        && (to == text.length() || !isWord(text.codePointAt(to)));
  }

  /** The text without the white space around it: {@code str.strip}. */
  public static String strip(String text) {
    int from = 0;
    while (from < text.length() && isSpace(text.charAt(from))) {
      from++;
    }
    return stripEnd(text.substring(from));
  }

  /** The text without the white space behind it: {@code str.rstrip}. */
  public static String stripEnd(String text) {
    int to = text.length();
    while (to > 0 && isSpace(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(0, to);
  }
}
