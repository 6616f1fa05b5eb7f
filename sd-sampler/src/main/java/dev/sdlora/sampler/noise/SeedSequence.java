package dev.sdlora.sampler.noise;

import java.util.Arrays;

/**
 * Derives seeds of many independent generators from one seed: O'Neill 2015 ("Developing a seed_seq
 * Alternative"), as implemented by numpy's {@code SeedSequence} with a pool of 24 words. Computes
 * only the first word of the generated sequence.
 */
final class SeedSequence {
  private static final int POOL = 24;
  private static final int SHIFT = 16;
  private static final int FIRST_IN = 0x43B0D7E5;
  private static final int NEXT_IN = 0x931E8875;
  private static final int OUT = 0x8B51F9DD;

  /** {@code OUT * 0x58F38DED}; unneeded later words would continue the multiplication. */
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
   * Returns the first word that a sequence generates.
   *
   * @param entropy the seed, treated as 64 bits without a sign
   * @param spawnKey selects one of the sequences into which it can be split: numbers from 0, or
   *     none for the sequence itself
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

  /** Appends a number as one word if it fits, otherwise as two, the low one first. */
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
