package dev.sdlora.infotext.foreign;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Converts NovelAI prompts. Braces strengthen words by a factor of 1.05, square brackets weaken
 * them by the same factor, parentheses are text and, since the fourth model, {@code 1.5::words::}
 * sets an exact weight.
 */
final class NovelAiText {
  private static final double STEP = 1.05;
  private static final Pattern EXACTLY = Pattern.compile("(-?(?:\\d+\\.?\\d*|\\.\\d+))::");

  private NovelAiText() {}

  /** Returns the same prompt in A1111's syntax. */
  static String toA1111(String prompt) {
    A1111Text weighted = new A1111Text();
    Deque<Double> open = new ArrayDeque<>();
    Deque<Character> closings = new ArrayDeque<>();
    Matcher exactly = EXACTLY.matcher(prompt);
    int at = 0;
    while (at < prompt.length()) {
      char c = prompt.charAt(at);
      boolean begins = at == 0 || !isNumber(prompt.charAt(at - 1));
      if (begins && exactly.region(at, prompt.length()).lookingAt()) {
        weighted.open();
        open.push(Double.parseDouble(exactly.group(1)));
        closings.push(':');
        at = exactly.end();
      } else if (c == '{' || c == '[') {
        weighted.open();
        open.push(c == '{' ? STEP : 1 / STEP);
        closings.push(c == '{' ? '}' : ']');
        at++;
      } else if (c == ':' && prompt.startsWith("::", at) && isNext(closings, ':')) {
        closings.pop();
        weighted.close(open.pop());
        at += 2;
      } else if ((c == '}' || c == ']') && isNext(closings, c)) {
        closings.pop();
        weighted.close(open.pop());
        at++;
      } else {
        weighted.literal(c);
        at++;
      }
    }
    while (!open.isEmpty()) {
      weighted.close(open.pop());
    }
    return weighted.finish();
  }

  private static boolean isNumber(char before) {
    return Character.isLetterOrDigit(before) || before == '.';
  }

  private static boolean isNext(Deque<Character> closings, char c) {
    return !closings.isEmpty() && closings.peek() == c;
  }
}
