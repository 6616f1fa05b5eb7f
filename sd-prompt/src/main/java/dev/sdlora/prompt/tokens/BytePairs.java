package dev.sdlora.prompt.tokens;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.PriorityQueue;

/**
 * Joins the bytes of one word to tokens: of all neighbouring pairs, the one with the lowest id, and
 * of those the leftmost, becomes one token, until no pair has an id. A queue keeps the time nearly
 * linear in the length of the word.
 */
final class BytePairs {
  private static final int NONE = -1;

  private final Vocabulary vocabulary;
  private final int[] ids;
  private final int[] previous;
  private final int[] next;

  /** Candidates as {@code id << 32 | position}; outdated ones are skipped when polled. */
  private final PriorityQueue<Long> candidates = new PriorityQueue<>();

  private BytePairs(byte[] word, Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
    ids = new int[word.length];
    previous = new int[word.length];
    next = new int[word.length];
    for (int i = 0; i < word.length; i++) {
      ids[i] = vocabulary.idOfByte(word[i]);
      previous[i] = i - 1;
      next[i] = i + 1 < word.length ? i + 1 : NONE;
    }
    ids[word.length - 1] += Vocabulary.BYTES;
  }

  /** Returns the tokens of a word that is not empty. */
  static int[] encode(String word, Vocabulary vocabulary) {
    return new BytePairs(word.getBytes(StandardCharsets.UTF_8), vocabulary).encode();
  }

  private int[] encode() {
    for (int i = 0; i < ids.length; i++) {
      offer(i);
    }
    for (Long candidate = candidates.poll(); candidate != null; candidate = candidates.poll()) {
      int place = candidate.intValue();
      int pair = (int) (candidate >> Integer.SIZE);
      if (pairAt(place) == pair) {
        join(place, pair);
      }
    }
    return Arrays.stream(ids).filter(id -> id != NONE).toArray();
  }

  private void offer(int place) {
    int pair = pairAt(place);
    if (pair != NONE) {
      candidates.add(((long) pair << Integer.SIZE) | place);
    }
  }

  private int pairAt(int place) {
    boolean isPair = ids[place] != NONE && next[place] != NONE;
    return isPair ? vocabulary.idOfPair(ids[place], ids[next[place]]) : NONE;
  }

  private void join(int place, int pair) {
    int swallowed = next[place];
    ids[place] = pair;
    ids[swallowed] = NONE;
    next[place] = next[swallowed];
    if (next[place] != NONE) {
      previous[next[place]] = place;
    }
    offer(place);
    if (previous[place] != NONE) {
      offer(previous[place]);
    }
  }
}
