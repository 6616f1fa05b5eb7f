package dev.sdlora.infotext.foreign;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Converts InvokeAI prompts in compel's syntax: {@code word++}, {@code word-}, {@code (some
 * words)1.3} and {@code (some words)+}. Parentheses without a weight have no effect; compel's
 * functions ({@code .blend()}, {@code .swap()}) remain text.
 */
final class CompelText {
  private static final double PLUS = 1.1;
  private static final double MINUS = 0.9;

  /** Signs or a number after a closing parenthesis. */
  private static final Pattern WEIGHT =
      Pattern.compile("\\++|-+(?![\\d.])|-?(?:\\d+\\.?\\d*|\\.\\d+)");

  /** Characters that end a word. */
  private static final String BORDERS = " \t\r\n,()[]\\:<>\"";

  private static final int MOST_SIGNS = 20;

  private CompelText() {}

  /** Returns the same prompt in A1111's syntax. */
  static String toA1111(String prompt) {
    A1111Text weighted = new A1111Text();
    Matcher weight = WEIGHT.matcher(prompt);
    int at = 0;
    while (at < prompt.length()) {
      char c = prompt.charAt(at);
      if (BORDERS.indexOf(c) < 0) {
        int end = endOfWord(prompt, at);
        word(prompt.substring(at, end), weighted);
        at = end;
      } else if (c == '\\' && at + 1 < prompt.length()) {
        weighted.literal(prompt.charAt(at + 1));
        at += 2;
      } else if (c == '(') {
        weighted.open();
        at++;
      } else if (c == ')' && weighted.depth() > 0) {
        boolean weighs = weight.region(at + 1, prompt.length()).lookingAt();
        weighted.close(weighs ? factor(weight.group()) : 1);
        at = weighs ? weight.end() : at + 1;
      } else {
        weighted.literal(c);
        at++;
      }
    }
    while (weighted.depth() > 0) {
      weighted.close(1);
    }
    return weighted.finish();
  }

  private static int endOfWord(String prompt, int start) {
    int end = start;
    while (end < prompt.length() && BORDERS.indexOf(prompt.charAt(end)) < 0) {
      end++;
    }
    return end;
  }

  /** Adds a word, weighted by the plus or minus signs at its end. */
  private static void word(String word, A1111Text weighted) {
    char sign = word.charAt(word.length() - 1);
    int stem = word.length();
    while ((sign == '+' || sign == '-') && stem > 0 && word.charAt(stem - 1) == sign) {
      stem--;
    }
    boolean weighs = stem > 0 && stem < word.length();
    if (weighs) {
      weighted.open();
    }
    word.substring(0, weighs ? stem : word.length())
        .chars()
        .forEach(letter -> weighted.literal((char) letter));
    if (weighs) {
      weighted.close(factor(word.substring(stem)));
    }
  }

  private static double factor(String weight) {
    return switch (weight.charAt(0)) {
      case '+' -> Math.pow(PLUS, Math.min(weight.length(), MOST_SIGNS));
      case '-' ->
          weight.endsWith("-")
              ? Math.pow(MINUS, Math.min(weight.length(), MOST_SIGNS))
              : Double.parseDouble(weight);
      default -> Double.parseDouble(weight);
    };
  }
}
