package dev.sdlora.infotext.foreign;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Builds an A1111 prompt from a prompt in another syntax. Characters that are plain text to the
 * other program are escaped so that A1111 also reads them as text. Not safe for use by several
 * threads.
 */
final class A1111Text {
  /** A1111 keywords. They are lower-cased; the tokenizer ignores case. */
  private static final Pattern WORDS = Pattern.compile("\\b(?:AND|BREAK)\\b");

  /** A tail that A1111 would read as the weight of the whole prompt. */
  private static final Pattern TAIL = Pattern.compile(":\\s*[-+]?(?:\\d+\\.?|\\d*\\.\\d+)\\s*$");

  private static final MathContext DIGITS = new MathContext(6);

  private final StringBuilder text = new StringBuilder();
  private int depth;

  /** Adds a literal character. */
  void literal(char c) {
    if ("()[]\\".indexOf(c) >= 0) {
      text.append('\\');
    }
    text.append(c);
  }

  /** Adds a character that has the same meaning in both syntaxes. */
  void meant(char c) {
    text.append(c);
  }

  /** Opens a weighted group. */
  void open() {
    depth++;
    text.append('(');
  }

  /** Closes the innermost group. */
  void close(double weight) {
    depth--;
    text.append(':').append(decimal(weight)).append(')');
  }

  /** Returns the number of open groups. */
  int depth() {
    return depth;
  }

  /** Returns the prompt, with A1111 keywords in lower case. */
  String finish() {
    String words = WORDS.matcher(text).replaceAll(word -> word.group().toLowerCase(Locale.ROOT));
    Matcher tail = TAIL.matcher(words);
    return tail.find() ? words.substring(0, tail.start()) + "(" + tail.group() + ":1)" : words;
  }

  private static String decimal(double weight) {
    return Double.isFinite(weight)
        ? new BigDecimal(weight).round(DIGITS).stripTrailingZeros().toPlainString()
        : "1";
  }
}
