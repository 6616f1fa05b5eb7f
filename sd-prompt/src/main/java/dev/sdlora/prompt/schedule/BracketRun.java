package dev.sdlora.prompt.schedule;

import dev.sdlora.prompt.grammar.Characters;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A run of consecutive brackets and colons. Decides which of them are plain characters if the last
 * one is.
 *
 * <p>The grammar of prompt editing is ambiguous there: in {@code [a:b:5])(} either the first
 * bracket closes an editing, or all three are plain. A1111's parser (Earley's, with all readings
 * kept) takes the reading that it finds first. It processes a column of candidates from the last to
 * the first, so each character reverses their order; a candidate that starts at the previous
 * character comes second, or first if a pair that was just closed is found before the others. The
 * result therefore depends mostly on the length of the run. This class reproduces that order, which
 * was determined by experiments with lark 1.2.2.
 */
final class BracketRun {
  /** A run without brackets. */
  static final BracketRun NONE = new BracketRun(0, 0);

  private static final int NOWHERE = -1;

  /**
   * The offsets at which plain characters up to here can start; the last one wins. In reverse order
   * if reversed.
   */
  private final Deque<Integer> candidates = new ArrayDeque<>();

  private boolean reversed;

  /** The number of candidates before the readings that wait for an opening bracket. */
  private int beforeOpening;

  /**
   * The number of candidates before the readings that wait for the end, or a colon, of the
   * innermost bracket.
   */
  private int beforeClosing;

  private int plainFrom = NOWHERE;

  private BracketRun(int beforeOpening, int beforeClosing) {
    this.beforeOpening = beforeOpening;
    this.beforeClosing = beforeClosing;
  }

  /**
   * Creates a run that starts here.
   *
   * @param inAlternation whether an open {@code |} forbids plain brackets
   * @param wholeIsFirst {@link Beginnings#wholeIsFirst} for the word before the run
   */
  static BracketRun startingAt(int at, boolean inAlternation, boolean wholeIsFirst) {
    if (inAlternation) {
      return new BracketRun(0, 0);
    }
    BracketRun run = new BracketRun(at == 0 ? 1 : 0, wholeIsFirst ? 0 : 1);
    run.candidates.addFirst(at);
    return run;
  }

  /** Whether white space precedes a word. It is a separate reading, found before the word. */
  static boolean hasBlanksBeforeWord(String text, int start, int end) {
    int at = start;
    while (at < end && Characters.isSpace(text.charAt(at))) {
      at++;
    }
    return at > start && at < end;
  }

  /** The offset at which the plain characters that end here start, if the last one is plain. */
  int plainFrom() {
    return plainFrom;
  }

  /** Adds a character that is plain in every reading. */
  void plain(int end) {
    turn(end, 1);
    beforeOpening = 2;
    beforeClosing = 0;
  }

  /** Adds a bracket that opens a pair. */
  void opened(int end, boolean inAlternation) {
    entered(end, candidates.size() - beforeOpening, inAlternation);
  }

  /** Adds a colon that can belong to the innermost pair. */
  void divided(int end, boolean inAlternation) {
    entered(end, candidates.size() - beforeClosing, inAlternation);
  }

  private void entered(int end, int seenBefore, boolean inAlternation) {
    if (!inAlternation) {
      turn(end, 1);
    }
    beforeOpening = seenBefore == 0 || inAlternation ? 0 : 2;
    beforeClosing = beforeOpening;
  }

  /**
   * Adds a bracket that closes a well-formed pair.
   *
   * @param editing whether the pair is prompt editing
   * @param wholeIsFirst {@link Beginnings#wholeIsFirst} for the pair
   * @param inAlternation whether an open {@code |} still forbids plain brackets
   * @return whether the pair was found before every reading in which its last bracket is plain
   */
  boolean closed(int end, boolean editing, boolean wholeIsFirst, boolean inAlternation) {
    if (inAlternation) {
      beforeOpening = 0;
      beforeClosing = 0;
      return true;
    }
    // The number of an editing is parsed separately, and its end comes before all other readings.
    int seenBefore = candidates.size() - (editing ? 0 : beforeClosing);
    if (seenBefore == 0) {
      turn(end, 0);
      beforeOpening = 0;
      beforeClosing = wholeIsFirst ? 0 : 1;
      return true;
    }
    turn(end, 1);
    beforeOpening = 2;
    beforeClosing = seenBefore + 1;
    return false;
  }

  /** Reverses the order and inserts a candidate at the first or second position. */
  private void turn(int end, int place) {
    if (candidates.isEmpty()) {
      candidates.addFirst(end);
      return;
    }
    plainFrom = reversed ? candidates.getFirst() : candidates.getLast();
    reversed = !reversed;
    if (place == 0) {
      addFirst(end);
    } else {
      int first = reversed ? candidates.removeLast() : candidates.removeFirst();
      addFirst(end);
      addFirst(first);
    }
  }

  private void addFirst(int candidate) {
    if (reversed) {
      candidates.addLast(candidate);
    } else {
      candidates.addFirst(candidate);
    }
  }
}
