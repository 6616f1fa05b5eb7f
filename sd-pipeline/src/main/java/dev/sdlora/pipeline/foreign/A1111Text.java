package dev.sdlora.pipeline.foreign;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A prompt in A1111's syntax while it is made of one in another. What means nothing to the other
 * program is written so that it means nothing to A1111. Not safe for use by several threads.
 */
final class A1111Text {
  /** Words of A1111's language; the tokenizer does not tell capital letters from small ones. */
  private static final Pattern WORDS = Pattern.compile("\\b(?:AND|BREAK)\\b");

  /** What A1111 would take for the weight of the whole prompt. */
  private static final Pattern TAIL = Pattern.compile(":\\s*[-+]?(?:\\d+\\.?|\\d*\\.\\d+)\\s*$");

  private static final MathContext DIGITS = new MathContext(6);

  private final StringBuilder text = new StringBuilder();
  private int depth;

  /** Adds a character that is meant as such. */
  void literal(char c) {
    if ("()[]\\".indexOf(c) >= 0) {
      text.append('\\');
    }
    text.append(c);
  }

  /** Adds what A1111 is to understand as the other program does. */
  void meant(char c) {
    text.append(c);
  }

  /** Begins what will have a weight. */
  void open() {
    depth++;
    text.append('(');
  }

  /** Ends the last that was begun. */
  void close(double weight) {
    depth--;
    text.append(':').append(decimal(weight)).append(')');
  }

  /** How much is open. */
  int depth() {
    return depth;
  }

  /** The prompt; words that A1111 knows are in small letters. */
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
