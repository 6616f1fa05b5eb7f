package dev.sdlora.prompt.tree;

import dev.sdlora.api.prompt.Span;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text in which characters that only resemble those of a tag are replaced with them: full-width
 * letters, colons and quotation marks of other scripts, HTML character references, capitals, and
 * invisible characters.
 */
final class FoldedText {
  private static final Pattern REFERENCE =
      Pattern.compile(
          "&(?:amp;)*+(?:(lt|#0*+60|#x0*+3c)|(gt|#0*+62|#x0*+3e)|(?:colon|#0*+58|#x0*+3a))(?!\\w);?",
          Pattern.CASE_INSENSITIVE);

  private static final String OPENING = "＜﹤〈《‹«⟨❮";
  private static final String CLOSING = "＞﹥〉》›»⟩❯";
  private static final String COLONS = "：﹕︓∶꞉ː";
  private static final String INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff";
  private static final char FIRST_FULL_WIDTH = '！';
  private static final char LAST_FULL_WIDTH = '～';

  private final String text;
  private final StringBuilder folded = new StringBuilder();

  /**
   * The start of the original of each folded character; the last element is the end of the text.
   */
  private final int[] origins;

  /** Folds a text. */
  FoldedText(String text) {
    this.text = text;
    this.origins = new int[text.length() + 1];
    Matcher reference = REFERENCE.matcher(text);
    int nextReference = reference.find() ? reference.start() : text.length();
    int at = 0;
    while (at < text.length()) {
      if (at == nextReference) {
        add(reference.start(1) >= 0 ? '<' : reference.start(2) >= 0 ? '>' : ':', at);
        at = reference.end();
        nextReference = reference.find() ? reference.start() : text.length();
      } else {
        char c = text.charAt(at);
        if (INVISIBLE.indexOf(c) < 0) {
          add(fold(c), at);
        }
        at++;
      }
    }
    origins[folded.length()] = text.length();
  }

  private void add(char c, int origin) {
    origins[folded.length()] = origin;
    folded.append(c);
  }

  private static char fold(char c) {
    if (OPENING.indexOf(c) >= 0) {
      return '<';
    }
    if (CLOSING.indexOf(c) >= 0) {
      return '>';
    }
    if (COLONS.indexOf(c) >= 0) {
      return ':';
    }
    if (c >= FIRST_FULL_WIDTH && c <= LAST_FULL_WIDTH) {
      return (char) (c - FIRST_FULL_WIDTH + '!');
    }
    return Character.isWhitespace(c) || c == '\u00a0' ? ' ' : c;
  }

  /** Returns the folded text; capitals stay, because names contain them. */
  String folded() {
    return folded.toString();
  }

  /** Returns the range in the original of a stretch of the folded text. */
  Span origin(int from, int to) {
    return new Span(origins[from], origins[to]);
  }

  /** Returns the original text in a range. */
  String written(Span origin) {
    return text.substring(origin.start(), origin.end());
  }

  static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
