package dev.sdlora.prompt.grammar;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The weights of a prompt: {@code (stronger)}, {@code [weaker]}, {@code (exactly:1.3)} and the
 * chunk border {@code BREAK}. Every text has a meaning; what is not well-formed is literal text.
 *
 * <p>A1111 fails on a weight such as {@code (a:1.2.3)}; here that colon is literal, so that the
 * result is {@code a:1.2.3} with the weight 1.1 of the brackets. Brackets of one kind nested more
 * than {@value #MAX_DEPTH} deep are taken off the text but change no weight.
 */
public final class Attention {
  /*
   * A closing bracket multiplies everything since its opening one at once, and in the order of the
   * closing brackets. Neighbours are joined when their products are the same double, so another
   * order of multiplication would cut the text at other places. The bound on the depth keeps the
   * time linear; 1.1 to that power is more than a float can hold.
   */
  static final int MAX_DEPTH = 1000;
  private static final double STRONGER = 1.1;
  private static final double WEAKER = 1 / 1.1;
  private static final int TOO_DEEP = -1;

  private final String text;
  private final Pieces pieces = new Pieces();
  private final Deque<Integer> round = new ArrayDeque<>();
  private final Deque<Integer> square = new ArrayDeque<>();

  private Attention(String text) {
    this.text = text;
  }

  /**
   * Cuts a text into pieces of equal weight.
   *
   * @return at least one piece; neighbours differ in weight
   */
  public static List<WeightedText> parse(String text) {
    return new Attention(text).parse();
  }

  private List<WeightedText> parse() {
    int at = 0;
    while (at < text.length()) {
      at =
          switch (text.charAt(at)) {
            case '\\' -> escape(at);
            case '(' -> open(round, at);
            case '[' -> open(square, at);
            case ')' -> close(round, STRONGER, at);
            case ']' -> close(square, WEAKER, at);
            case ':' -> colon(at);
            default -> run(at);
          };
    }
    closeAll(round, STRONGER);
    closeAll(square, WEAKER);
    return pieces.joined();
  }

  private int escape(int at) {
    int next = at + 1;
    if (next < text.length() && "()[]\\".indexOf(text.charAt(next)) >= 0) {
      pieces.add(text.substring(next, next + 1), 1);
      return next + 1;
    }
    pieces.add("", 1);
    return next;
  }

  private int open(Deque<Integer> brackets, int at) {
    brackets.push(brackets.size() < MAX_DEPTH ? pieces.size() : TOO_DEEP);
    return at + 1;
  }

  private int close(Deque<Integer> brackets, double factor, int at) {
    if (brackets.isEmpty()) {
      pieces.add(text.substring(at, at + 1), 1);
    } else {
      scaleFrom(brackets.pop(), factor);
    }
    return at + 1;
  }

  private void closeAll(Deque<Integer> brackets, double factor) {
    while (!brackets.isEmpty()) {
      scaleFrom(brackets.pop(), factor);
    }
  }

  private void scaleFrom(int start, double factor) {
    if (start != TOO_DEEP) {
      pieces.scaleFrom(start, factor);
    }
  }

  private int colon(int at) {
    if (!round.isEmpty()) {
      WrittenWeight weight = WrittenWeight.at(text, at);
      if (weight != null && weight.end() < text.length() && text.charAt(weight.end()) == ')') {
        scaleFrom(round.pop(), weight.value());
        return weight.end() + 1;
      }
    }
    pieces.add(":", 1);
    return at + 1;
  }

  private int run(int at) {
    int end = at;
    while (end < text.length() && "\\()[]:".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    addRun(text.substring(at, end));
    return end;
  }

  /** Adds text without brackets, cut at each {@code BREAK} that stands alone as a word. */
  private void addRun(String run) {
    int from = 0;
    int found = run.indexOf(WeightedText.BREAK);
    while (found >= 0) {
      int end = found + WeightedText.BREAK.length();
      if (Characters.standsAlone(run, found, end)) {
        int before = found;
        while (before > from && Characters.isSpace(run.charAt(before - 1))) {
          before--;
        }
        while (end < run.length() && Characters.isSpace(run.charAt(end))) {
          end++;
        }
        pieces.add(run.substring(from, before), 1);
        pieces.add(WeightedText.BREAK, WeightedText.BREAK_WEIGHT);
        from = end;
      }
      found = run.indexOf(WeightedText.BREAK, end);
    }
    pieces.add(run.substring(from), 1);
  }
}
