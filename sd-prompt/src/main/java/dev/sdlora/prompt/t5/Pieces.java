package dev.sdlora.prompt.t5;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A vocabulary of pieces with scores (Kudo 2018, "Subword Regularization"): a text becomes the
 * pieces with the highest sum of scores. Immutable.
 */
final class Pieces {
  /** The score of an unknown character is lower than the lowest by this, as in SentencePiece. */
  private static final double PENALTY = 10;

  private final List<String> pieces;
  private final float[] scores;
  private final int unknown;
  private final double unknownScore;
  private final Map<String, Integer> ids;
  private final int longest;

  /**
   * Creates a vocabulary.
   *
   * @param pieces by id
   * @param scores by id; not copied, must not be changed
   * @param unknown the id of unknown characters
   */
  Pieces(List<String> pieces, float[] scores, int unknown) {
    this.pieces = List.copyOf(pieces);
    this.scores = scores;
    this.unknown = unknown;
    ids = new HashMap<>(2 * pieces.size());
    for (int id = 0; id < pieces.size(); id++) {
      ids.put(pieces.get(id), id);
    }
    longest = pieces.stream().mapToInt(String::length).max().orElse(0);
    float lowest = Float.POSITIVE_INFINITY;
    for (float score : scores) {
      lowest = Math.min(lowest, score);
    }
    unknownScore = lowest - PENALTY;
  }

  /** Reads the scores, as four planes with the bytes of floats, and lines with the pieces. */
  static Pieces of(ByteBuffer stored, List<String> pieces, int unknown) {
    int size = pieces.size();
    float[] scores = new float[size];
    for (int id = 0; id < size; id++) {
      int bits = 0;
      for (int plane = 0; plane < Float.BYTES; plane++) {
        bits = (bits << Byte.SIZE) | (stored.get(plane * size + id) & 0xFF);
      }
      scores[id] = Float.intBitsToFloat(bits);
    }
    return new Pieces(pieces, scores, unknown);
  }

  String piece(int id) {
    return pieces.get(id);
  }

  /** Returns the id of a piece that the vocabulary has. */
  int id(String piece) {
    return ids.getOrDefault(piece, unknown);
  }

  /** Returns the ids of a text's best pieces; neighbouring unknown characters are one. */
  int[] encode(String text) {
    double[] best = new double[text.length() + 1];
    int[] starts = new int[text.length() + 1];
    int[] last = new int[text.length() + 1];
    Arrays.fill(starts, -1);
    for (int from = 0; from < text.length(); ) {
      int next = from + Character.charCount(text.codePointAt(from));
      boolean known = false;
      int limit = Math.min(text.length(), from + longest);
      for (int to = from + 1; to <= limit; to++) {
        Integer id = ids.get(text.substring(from, to));
        if (id != null) {
          known |= to == next;
          keepIfBetter(from, to, id, best[from] + scores[id], best, starts, last);
        }
      }
      if (!known) {
        keepIfBetter(from, next, unknown, best[from] + unknownScore, best, starts, last);
      }
      from = next;
    }
    return path(text.length(), starts, last);
  }

  private static void keepIfBetter(
      int from, int to, int id, double score, double[] best, int[] starts, int[] last) {
    if (starts[to] < 0 || score > best[to]) {
      best[to] = score;
      starts[to] = from;
      last[to] = id;
    }
  }

  private int[] path(int end, int[] starts, int[] last) {
    int[] backwards = new int[end];
    int size = 0;
    for (int at = end; at > 0; at = starts[at]) {
      boolean again = last[at] == unknown && size > 0 && backwards[size - 1] == unknown;
      if (!again) {
        backwards[size++] = last[at];
      }
    }
    int[] path = new int[size];
    for (int i = 0; i < size; i++) {
      path[i] = backwards[size - 1 - i];
    }
    return path;
  }
}
