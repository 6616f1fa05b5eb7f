package dev.sdlora.prompt.bytepairs;

/**
 * Maps pairs of symbols to ranks: a hash table on plain arrays, because boxing the pairs of a
 * vocabulary would take most of the loading time.
 */
final class PairTable {
  /** Fibonacci hashing: the high bits of the product depend on all bits of the key. */
  private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

  private final int bits;
  private final long[] keys;

  /** The ranks, increased by 1, so that zero marks a free slot. */
  private final int[] ranks;

  /** Creates a table for a number of pairs, of which it takes at most 2^28. */
  PairTable(int pairs) {
    // At least a third of the slots stay free.
    bits = Integer.SIZE - Integer.numberOfLeadingZeros(pairs + pairs / 2 + 1);
    keys = new long[1 << bits];
    ranks = new int[1 << bits];
  }

  /** Adds a pair, or replaces its rank. */
  void put(int left, int right, int rank) {
    long key = key(left, right);
    int slot = slot(key);
    keys[slot] = key;
    ranks[slot] = rank + 1;
  }

  /** Returns the rank of a pair, or -1 if it has none. */
  int get(int left, int right) {
    return ranks[slot(key(left, right))] - 1;
  }

  private static long key(int left, int right) {
    return ((long) left << Integer.SIZE) | right;
  }

  private int slot(long key) {
    int slot = (int) ((key * GOLDEN_RATIO) >>> (Long.SIZE - bits));
    while (ranks[slot] != 0 && keys[slot] != key) {
      slot = (slot + 1) & (ranks.length - 1);
    }
    return slot;
  }
}
