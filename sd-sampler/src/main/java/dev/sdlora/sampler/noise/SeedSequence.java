package dev.sdlora.sampler.noise;

import java.util.Arrays;

/**
 * Seeds of many generators from one, such that they have nothing to do with each other: O'Neill
 * 2015 ("Developing a seed_seq Alternative"), as numpy's {@code SeedSequence} has it with a pool of
 * 24 words. Only the first word of what it generates is computed.
 */
final class SeedSequence {
  private static final int POOL = 24;
  private static final int SHIFT = 16;
  private static final int FIRST_IN = 0x43B0D7E5;
  private static final int NEXT_IN = 0x931E8875;
  private static final int OUT = 0x8B51F9DD;

  /** {@code OUT * 0x58F38DED}; later words, which nothing needs, would go on multiplying. */
  private static final int TIMES_OUT = 0x464A0A99;

  private static final int MIX_LEFT = 0xCA01F9DD;
  private static final int MIX_RIGHT = 0x4973F715;

  private final int[] pool = new int[POOL];
  private int constant = FIRST_IN;

  private SeedSequence(int[] words) {
    for (int i = 0; i < POOL; i++) {
      pool[i] = hashed(words[i]);
    }
    for (int source = 0; source < POOL; source++) {
      for (int i = 0; i < POOL; i++) {
        if (i != source) {
          pool[i] = mixed(pool[i], hashed(pool[source]));
        }
      }
    }
    for (int more = POOL; more < words.length; more++) {
      for (int i = 0; i < POOL; i++) {
        pool[i] = mixed(pool[i], hashed(words[more]));
      }
    }
  }

  /**
   * The first word that a sequence generates.
   *
   * @param entropy the seed, taken as 64 bits without a sign
   * @param spawnKey which of the sequences that it can be split into; numbers from 0 on, or none
   *     for the sequence itself
   * @return 32 bits without a sign
   */
  static long firstWord(long entropy, long... spawnKey) {
    int[] words = new int[POOL + 2 * spawnKey.length];
    append(words, 0, entropy);
    int length = POOL;
    for (long key : spawnKey) {
      length = append(words, length, key);
    }
    int word = new SeedSequence(Arrays.copyOf(words, length)).pool[0] ^ OUT;
    word *= TIMES_OUT;
    return Integer.toUnsignedLong(word ^ (word >>> SHIFT));
  }

  /** Writes a number as one word if it fits, else as two, the low one first. */
  private static int append(int[] words, int at, long number) {
    int high = (int) (number >>> 32);
    words[at] = (int) number;
    words[at + 1] = high;
    return high == 0 ? at + 1 : at + 2;
  }

  private int hashed(int word) {
    int hash = word ^ constant;
    constant *= NEXT_IN;
    hash *= constant;
    return hash ^ (hash >>> SHIFT);
  }

  private static int mixed(int left, int right) {
    int mix = MIX_LEFT * left - MIX_RIGHT * right;
    return mix ^ (mix >>> SHIFT);
  }
}
