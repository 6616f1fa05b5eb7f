package dev.sdlora.prompt.tokens;

/**
 * The ids of pairs of ids: a hash table on plain arrays, since the vocabulary has 48,894 pairs and
 * boxing them would take most of the time to load it.
 */
final class PairTable {
  private static final int BITS = 17;
  private static final int MASK = (1 << BITS) - 1;
  private static final int ABSENT = -1;

  private final int[] keys = new int[1 << BITS];

  /** Zero where a slot is free: no pair has that id. */
  private final int[] ids = new int[1 << BITS];

  /** Adds a pair of two ids below 65,536. */
  void put(int left, int right, int id) {
    int key = key(left, right);
    int slot = slot(key);
    keys[slot] = key;
    ids[slot] = id;
  }

  /** The id of a pair, or -1 if it has none. */
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
