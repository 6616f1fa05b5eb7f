package dev.sdlora.prompt.schedule;

import dev.sdlora.prompt.grammar.Characters;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Brackets and colons that stand in a row, and which of them are plain characters when the last one
 * is.
 *
 * <p>The grammar of prompt editing is ambiguous there: in {@code [a:b:5])(} the first bracket
 * closes an editing, or all three are plain. A1111's parser (Earley's, with all readings kept)
 * takes the reading that it finds first. It works off a column of candidates from the last to the
 * first, and so turns their order around with each character; a candidate that starts at the
 * character before comes second, or first if a pair that has just been closed is seen before the
 * others. So it is mostly the length of the row that decides. This class keeps that order, which
 * was found by experiments with lark 1.2.2.
 */
final class BracketRun {
  /** Stands for no brackets at all. */
  static final BracketRun NONE = new BracketRun(0, 0);

  private static final int NOWHERE = -1;

  /** Where plain characters up to here can start; the last one is taken. Turned if reversed. */
  private final Deque<Integer> candidates = new ArrayDeque<>();

  private boolean reversed;

  /** How many candidates come before the readings that wait for an opening bracket. */
  private int beforeOpening;

  /** How many come before those that wait for the end, or a colon, of the innermost bracket. */
  private int beforeClosing;

  private int plainFrom = NOWHERE;

  private BracketRun(int beforeOpening, int beforeClosing) {
    this.beforeOpening = beforeOpening;
    this.beforeClosing = beforeClosing;
  }

  /**
   * A run that starts here.
   *
   * @param inAlternation whether a {@code |} that is open forbids plain brackets
   * @param wholeIsFirst {@link Beginnings#wholeIsFirst} for the word in front of the run
   */
  static BracketRun startingAt(int at, boolean inAlternation, boolean wholeIsFirst) {
    if (inAlternation) {
      return new BracketRun(0, 0);
    }
    BracketRun run = new BracketRun(at == 0 ? 1 : 0, wholeIsFirst ? 0 : 1);
    run.candidates.addFirst(at);
    return run;
  }

  /** White space in front of a word is a reading of its own and is found before the word. */
  static boolean hasBlanksBeforeWord(String text, int start, int end) {
    int at = start;
    while (at < end && Characters.isSpace(text.charAt(at))) {
      at++;
    }
    return at > start && at < end;
  }

  /** Where the plain characters start that end here if the last one is plain. */
  int plainFrom() {
    return plainFrom;
  }

  /** The last character is plain in any case. */
  void plain(int end) {
    turn(end, 1);
    beforeOpening = 2;
    beforeClosing = 0;
  }

  /** The last character opens a pair. */
  void opened(int end, boolean inAlternation) {
    entered(end, candidates.size() - beforeOpening, inAlternation);
  }

  /** The last character is a colon that can belong to the innermost pair. */
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
   * The last character closes a well-formed pair.
   *
   * @param editing whether that is prompt editing
   * @param wholeIsFirst {@link Beginnings#wholeIsFirst} for the pair
   * @param inAlternation whether a {@code |} that is open still forbids plain brackets
   * @return whether the pair was seen before all that could make its last bracket plain
   */
  boolean closed(int end, boolean editing, boolean wholeIsFirst, boolean inAlternation) {
    if (inAlternation) {
      beforeOpening = 0;
      beforeClosing = 0;
      return true;
    }
    // The number of an editing is read apart, and its end is awaited before anything else.
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

  /** Turns the order around and adds a candidate at the first or second place. */
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
