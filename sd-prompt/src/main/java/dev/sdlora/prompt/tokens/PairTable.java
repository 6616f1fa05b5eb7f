package dev.sdlora.prompt.tokens;

/**
 * Maps pairs of ids to ids: a hash table on plain arrays, because boxing the 48,894 pairs of the
 * vocabulary would take most of the loading time.
 */
final class PairTable {
  private static final int BITS = 17;
  private static final int MASK = (1 << BITS) - 1;
  private static final int ABSENT = -1;

  private final int[] keys = new int[1 << BITS];

  /** Zero marks a free slot: no pair has that id. */
  private final int[] ids = new int[1 << BITS];

  /** Adds a pair of two ids below 65,536. */
  void put(int left, int right, int id) {
    int key = key(left, right);
    int slot = slot(key);
    keys[slot] = key;
    ids[slot] = id;
  }

  /** Returns the id of a pair, or -1 if it has none. */
  int get(int left, int right) {
    int id = ids[slot(key(left, right))];
    return id == 0 ? ABSENT : id;
  }

  private static int key(int left, int right) {
    return (left << Character.SIZE) | right;
  }

  private int slot(int key) {
    // Fibonacci hashing: the high bits of the product depend on all bits of the key.
    int slot = (key * 0x9E3779B9) >>> (Integer.SIZE - BITS);
    while (ids[slot] != 0 && keys[slot] != key) {
      slot = (slot + 1) & MASK;
    }
    return slot;
  }
}
