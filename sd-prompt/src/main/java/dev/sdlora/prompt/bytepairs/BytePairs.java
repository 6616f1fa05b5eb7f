package dev.sdlora.prompt.bytepairs;

import java.util.Arrays;
import java.util.PriorityQueue;

/**
 * Joins the symbols of one word: of all neighbouring pairs, the one with the lowest rank, and of
 * those the leftmost, becomes one symbol, until no pair has a rank. A queue keeps the time nearly
 * linear in the length of the word.
 */
public final class BytePairs {
  private static final int NONE = -1;

  private final Merges merges;
  private final int[] symbols;
  private final int[] previous;
  private final int[] next;

  /** Candidates as {@code rank << 32 | position}; outdated ones are skipped when polled. */
  private final PriorityQueue<Long> candidates = new PriorityQueue<>();

  private BytePairs(int[] symbols, Merges merges) {
    this.merges = merges;
    this.symbols = symbols;
    previous = new int[symbols.length];
    next = new int[symbols.length];
    for (int i = 0; i < symbols.length; i++) {
      previous[i] = i - 1;
      next[i] = i + 1 < symbols.length ? i + 1 : NONE;
    }
  }

  /**
   * Returns the joined symbols of a word.
   *
   * @param word its basic symbols; overwritten
   */
  public static int[] join(int[] word, Merges merges) {
    return new BytePairs(word, merges).join();
  }

  private int[] join() {
    for (int i = 0; i < symbols.length; i++) {
      enqueue(i);
    }
    for (Long candidate = candidates.poll(); candidate != null; candidate = candidates.poll()) {
      int place = candidate.intValue();
      int rank = (int) (candidate >> Integer.SIZE);
      if (rankAt(place) == rank) {
        join(place, merges.joined(rank));
      }
    }
    return Arrays.stream(symbols).filter(symbol -> symbol != NONE).toArray();
  }

  private void enqueue(int place) {
    int rank = rankAt(place);
    if (rank != NONE) {
      candidates.add(((long) rank << Integer.SIZE) | place);
    }
  }

  private int rankAt(int place) {
    boolean isPair = symbols[place] != NONE && next[place] != NONE;
    return isPair ? merges.rank(symbols[place], symbols[next[place]]) : NONE;
  }

  private void join(int place, int symbol) {
    int swallowed = next[place];
    symbols[place] = symbol;
    symbols[swallowed] = NONE;
    next[place] = next[swallowed];
    if (next[place] != NONE) {
      previous[next[place]] = place;
    }
    enqueue(place);
    if (previous[place] != NONE) {
      enqueue(previous[place]);
    }
  }
}
