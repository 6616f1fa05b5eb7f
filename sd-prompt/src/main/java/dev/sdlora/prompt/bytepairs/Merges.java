package dev.sdlora.prompt.bytepairs;

import java.util.Arrays;

/**
 * The ranked pairs of a vocabulary. Symbols are integers: the first ones are basic, such as bytes;
 * after them, the symbol with the distance <i>r</i> from the basic ones is the pair of rank
 * <i>r</i>. If several pairs join to the same symbol, it is that of the first of them. Immutable.
 */
public final class Merges {
  private final int basic;
  private final int[] left;
  private final int[] right;
  private final int[] joined;
  private final PairTable ranks;

  /**
   * Creates the merges of a vocabulary in which all pairs join to different symbols.
   *
   * @param basic the number of basic symbols
   * @param left the left symbol of each pair, by rank; not copied, must not be changed
   * @param right the right symbol of each pair, by rank; not copied, must not be changed
   * @throws IllegalArgumentException if a pair holds a symbol that is not defined before it
   */
  public Merges(int basic, int[] left, int[] right) {
    this(basic, left, right, distinct(basic, left.length));
  }

  Merges(int basic, int[] left, int[] right, int[] joined) {
    this.basic = basic;
    this.left = left;
    this.right = right;
    this.joined = joined;
    this.ranks = new PairTable(left.length);
    for (int rank = 0; rank < left.length; rank++) {
      if (left[rank] >= basic + rank || right[rank] >= basic + rank) {
        throw new IllegalArgumentException(
            "pair " + rank + " must be of symbols below " + (basic + rank));
      }
      ranks.put(left[rank], right[rank], rank);
    }
  }

  private static int[] distinct(int basic, int pairs) {
    int[] joined = new int[pairs];
    Arrays.setAll(joined, rank -> basic + rank);
    return joined;
  }

  /** Returns the rank of a pair of neighbouring symbols, or -1 if it has none. */
  int rank(int left, int right) {
    return ranks.get(left, right);
  }

  /** Returns the symbol that replaces the pair of a rank. */
  int joined(int rank) {
    return joined[rank];
  }

  /** Returns the basic symbols that a symbol consists of, in their order. */
  public int[] parts(int symbol) {
    // A list of merges can nest its symbols deeply, so this does not call itself.
    int[] parts = new int[8];
    int size = 0;
    int[] pending = {symbol, 0, 0, 0, 0, 0, 0, 0};
    int depth = 1;
    while (depth > 0) {
      int next = pending[--depth];
      if (next < basic) {
        parts = withRoom(parts, size);
        parts[size++] = next;
      } else {
        pending = withRoom(pending, depth + 1);
        pending[depth++] = right[next - basic];
        pending[depth++] = left[next - basic];
      }
    }
    return Arrays.copyOf(parts, size);
  }

  private static int[] withRoom(int[] values, int place) {
    return place < values.length ? values : Arrays.copyOf(values, 2 * values.length);
  }
}
