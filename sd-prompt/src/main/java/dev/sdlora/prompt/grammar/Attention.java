package dev.sdlora.prompt.grammar;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The weights of a prompt: {@code (stronger)}, {@code [weaker]}, {@code (exactly:1.3)} and the
 * chunk border {@code BREAK}. Every text is valid; malformed parts are literal text.
 *
 * <p>A1111 fails on a weight such as {@code (a:1.2.3)}. Here the colon is literal, so the result is
 * {@code a:1.2.3} with the weight 1.1 of the brackets. Brackets of one kind nested more than
 * {@value #MAX_DEPTH} deep are removed from the text but change no weight.
 */
public final class Attention {
  /*
   * A closing bracket multiplies everything since its opening bracket at once, in the order of the
   * closing brackets. Neighbours are joined when their products are the same double, so another
   * order of multiplication would cut the text at other positions. The depth limit keeps the time
   * linear; 1.1 to that power exceeds the range of a float.
   */
  static final int MAX_DEPTH = 1000;

  /** The factor of {@code (}. */
  public static final double STRONGER = 1.1;

  /** The factor of {@code [}. */
  public static final double WEAKER = 1 / 1.1;

  private Attention() {}

  /**
   * Splits a text into pieces of equal weight.
   *
   * @return at least one piece; neighbours differ in weight
   */
  public static List<WeightedText> parse(String text) {
    Weighing weighing = new Weighing(text);
    new AttentionScanner(text, weighing).scan(0, text.length());
    return weighing.finish();
  }

  private static final class Weighing implements AttentionEvents {
    private static final int TOO_DEEP = -1;

    private final String text;
    private final Pieces pieces = new Pieces();
    private final Deque<Integer> round = new ArrayDeque<>();
    private final Deque<Integer> square = new ArrayDeque<>();

    Weighing(String text) {
      this.text = text;
    }

    @Override
    public void text(int from, int to) {
      pieces.add(text.substring(from, to), 1);
    }

    @Override
    public void escape(int from, int to) {
      text(from + 1, to);
    }

    @Override
    public void chunkBorder(int from, int to) {
      pieces.add(WeightedText.BREAK, WeightedText.BREAK_WEIGHT);
    }

    @Override
    public void open(int at) {
      Deque<Integer> brackets = text.charAt(at) == '(' ? round : square;
      brackets.push(brackets.size() < MAX_DEPTH ? pieces.size() : TOO_DEEP);
    }

    @Override
    public void close(int at) {
      if (text.charAt(at) == ')') {
        scaleFrom(round.pop(), STRONGER);
      } else {
        scaleFrom(square.pop(), WEAKER);
      }
    }

    @Override
    public void close(int from, int to, double weight) {
      scaleFrom(round.pop(), weight);
    }

    @Override
    public void stray(int at) {
      text(at, at + 1);
    }

    List<WeightedText> finish() {
      while (!round.isEmpty()) {
        scaleFrom(round.pop(), STRONGER);
      }
      while (!square.isEmpty()) {
        scaleFrom(square.pop(), WEAKER);
      }
      return pieces.joined();
    }

    private void scaleFrom(int start, double factor) {
      if (start != TOO_DEEP) {
        pieces.scaleFrom(start, factor);
      }
    }
  }
}
