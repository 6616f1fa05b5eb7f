package dev.sdlora.sampler.noise;

/**
 * MT19937, the 32-bit Mersenne Twister: Matsumoto and Nishimura 1998, seeded by the recurrence of
 * their 2002 revision.
 */
final class MersenneTwister {
  private static final int SIZE = 624;
  private static final int MIDDLE = 397;
  private static final int TWIST = 0x9908B0DF;
  private static final int SEED_MULTIPLIER = 1812433253;

  private final int[] state = new int[SIZE];
  private int used = SIZE;

  MersenneTwister(int seed) {
    state[0] = seed;
    for (int i = 1; i < SIZE; i++) {
      int previous = state[i - 1];
      state[i] = SEED_MULTIPLIER * (previous ^ (previous >>> 30)) + i;
    }
  }

  /** Returns the next 32 random bits. */
  int nextInt() {
    if (used == SIZE) {
      renew();
    }
    int y = state[used++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9D2C5680;
    y ^= (y << 15) & 0xEFC60000;
    return y ^ (y >>> 18);
  }

  private void renew() {
    for (int i = 0; i < SIZE; i++) {
      int next = state[(i + 1) % SIZE];
      int mixed = (state[i] & 0x80000000) | (next & 0x7FFFFFFF);
      int twist = (next & 1) == 0 ? 0 : TWIST;
      state[i] = state[(i + MIDDLE) % SIZE] ^ (mixed >>> 1) ^ twist;
    }
    used = 0;
  }
}
