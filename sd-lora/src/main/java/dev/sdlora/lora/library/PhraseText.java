package dev.sdlora.lora.library;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Text of a prompt as words are looked for in it: in lower case, without weights, brackets and
 * tags, with one blank where there were any blanks or underscores, in parts that commas divide.
 */
final class PhraseText {
  private static final Pattern TAG = Pattern.compile("<\\w++:[^<>]*+>");
  private static final Pattern WEIGHT = Pattern.compile(":\\s*+[+-]?[.\\d]++\\s*+(?=[)\\]]|$)");
  private static final Pattern SEPARATORS = Pattern.compile("[,;|、\\n\\r]++");
  private static final Pattern BLANKS = Pattern.compile("[\\s_:()\\[\\]{}\\\\]++");

  /** Marks that end a sentence or stand around words. */
  private static final Pattern EDGES = Pattern.compile("^[\\s\"'.!?]++|[\\s\"'.!?]++$");

  private PhraseText() {}

  /** The parts of a text that are not empty. */
  static List<String> parts(String text) {
    String bare = TAG.matcher(Normalizer.normalize(text, Normalizer.Form.NFKC)).replaceAll(" ");
    String unweighted = WEIGHT.matcher(bare.toLowerCase(Locale.ROOT)).replaceAll("");
    return Arrays.stream(SEPARATORS.split(unweighted))
        .map(part -> BLANKS.matcher(part).replaceAll(" "))
        .map(part -> EDGES.matcher(part).replaceAll(""))
        .filter(part -> !part.isEmpty())
        .toList();
  }

  /** Whether a part has some words in it that are not parts of other words. */
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
