package dev.sdlora.prompt.tree;

import dev.sdlora.api.prompt.Span;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text in which characters that only look like those of a tag are those of a tag: full-width
 * letters, colons and quotation marks of other scripts, HTML's character references, capitals, and
 * characters that are not seen at all.
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

  /** For each folded character, where what it stands for begins, and at last the text's end. */
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

  /** The folded text; capitals stay, for names have them. */
  String folded() {
    return folded.toString();
  }

  /** Where a stretch of the folded text stands in the text. */
  Span origin(int from, int to) {
    return new Span(origins[from], origins[to]);
  }

  /** How a stretch of the folded text is written. */
  String written(Span origin) {
    return text.substring(origin.start(), origin.end());
  }

  static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
