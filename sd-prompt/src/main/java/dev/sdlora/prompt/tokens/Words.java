package dev.sdlora.prompt.tokens;

import dev.sdlora.prompt.grammar.Characters;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Prepares text for byte pairs: cleans it, converts it to lower case and splits it into words. */
final class Words {
  /*
   * Details of Python's module regex. Its white space is Unicode's; strip() also removes U+001C to
   * U+001F. The pattern ignores case although the text is already in lower case: a long s matches
   * an s, and U+0345, whose capital is a letter, is in no class and therefore skipped.
   */
  private static final Pattern SPACES = Pattern.compile("\\p{IsWhite_Space}+");
  private static final Pattern WORD =
      Pattern.compile(
          "(?iu:'s|'t|'re|'ve|'m|'ll|'d)"
              + "|\\p{L}+|\\p{N}|[^\\p{IsWhite_Space}\\p{L}\\p{N}\u0345]+");

  private Words() {}

  static List<String> of(String text) {
    return ofClean(clean(text));
  }

  static List<String> ofClean(String text) {
    return WORD.matcher(text).results().map(MatchResult::group).toList();
  }

  static String clean(String text) {
    String unescaped = HtmlReferences.unescape(HtmlReferences.unescape(text));
    String collapsed = SPACES.matcher(Characters.strip(unescaped)).replaceAll(" ");
    return LowerCase.of(Characters.strip(collapsed));
  }
}
