package dev.sdlora.lora.library;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Prompt text normalized for searching words: in lower case, without weights, brackets and tags,
 * with runs of whitespace and underscores replaced by one space, and split at commas.
 */
final class PhraseText {
  private static final Pattern TAG = Pattern.compile("<\\w++:[^<>]*+>");
  private static final Pattern WEIGHT = Pattern.compile(":\\s*+[+-]?[.\\d]++\\s*+(?=[)\\]]|$)");
  private static final Pattern SEPARATORS = Pattern.compile("[,;|、\\n\\r]++");
  private static final Pattern BLANKS = Pattern.compile("[\\s_:()\\[\\]{}\\\\]++");

  /** Punctuation around words and at the end of sentences. */
  private static final Pattern EDGES = Pattern.compile("^[\\s\"'.!?]++|[\\s\"'.!?]++$");

  private PhraseText() {}

  /** The non-empty parts of a text. */
  static List<String> parts(String text) {
    String bare = TAG.matcher(Normalizer.normalize(text, Normalizer.Form.NFKC)).replaceAll(" ");
    String unweighted = WEIGHT.matcher(bare.toLowerCase(Locale.ROOT)).replaceAll("");
    return Arrays.stream(SEPARATORS.split(unweighted))
        .map(part -> BLANKS.matcher(part).replaceAll(" "))
        .map(part -> EDGES.matcher(part).replaceAll(""))
        .filter(part -> !part.isEmpty())
        .toList();
  }

  /** Whether a part contains these words, not merely as parts of other words. */
  static boolean contains(String part, String words) {
    int at = part.indexOf(words);
    while (at >= 0) {
      int end = at + words.length();
      boolean begins =
          at == 0 || !isWord(part.codePointBefore(at)) || !isWord(part.codePointAt(at));
      boolean ends =
          end == part.length()
              || !isWord(part.codePointAt(end))
              || !isWord(part.codePointBefore(end));
      if (begins && ends) {
        return true;
      }
      at = part.indexOf(words, at + 1);
    }
    return false;
  }

  private static boolean isWord(int character) {
    return Character.isLetterOrDigit(character);
  }
}
