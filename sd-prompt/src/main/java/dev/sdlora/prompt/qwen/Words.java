package dev.sdlora.prompt.qwen;

import java.text.Normalizer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Normalizes a text and splits it into the words within which pairs are joined. */
final class Words {
  /** No repeated part contains another one, so no text makes the search recursive or quadratic. */
  private static final Pattern WORD =
      Pattern.compile(
          "(?iu:'s|'t|'re|'ve|'m|'ll|'d)"
              + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+"
              + "|\\p{N}"
              + "| ?[^\\p{IsWhite_Space}\\p{L}\\p{N}]+[\\r\\n]*"
              + "|\\p{IsWhite_Space}*[\\r\\n]+"
              + "|\\p{IsWhite_Space}+(?!\\P{IsWhite_Space})"
              + "|\\p{IsWhite_Space}+");

  /**
   * The most combining marks in a row that are normalized together. The time for putting them in
   * order grows with the square of their number; written languages have a handful.
   */
  private static final int MARKS = 1000;

  private Words() {}

  /** Returns the words of a text, which together are its normalization form C. */
  static Stream<String> of(String text) {
    return WORD.matcher(normalized(text)).results().map(MatchResult::group);
  }

  private static String normalized(String text) {
    StringBuilder normalized = new StringBuilder(text.length());
    int from = 0;
    int marks = 0;
    for (int at = 0; at < text.length(); at += Character.charCount(text.codePointAt(at))) {
      marks = isMark(text.codePointAt(at)) ? marks + 1 : 0;
      if (marks > MARKS) {
        normalized.append(Normalizer.normalize(text.substring(from, at), Normalizer.Form.NFC));
        from = at;
        marks = 1;
      }
    }
    return normalized
        .append(Normalizer.normalize(text.substring(from), Normalizer.Form.NFC))
        .toString();
  }

  private static boolean isMark(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK ->
          true;
      default -> false;
    };
  }
}
