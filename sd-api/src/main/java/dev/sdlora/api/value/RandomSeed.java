package dev.sdlora.api.value;

import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;

/** Draws the seeds of requests that name none. */
public final class RandomSeed {
  /** A1111 draws seeds below this bound. */
  private static final long BOUND = 4294967294L;

  private RandomSeed() {}

  /**
   * Returns a random seed.
   *
   * @return 0 to 4294967293
   */
  public static long draw() {
    return ThreadLocalRandom.current().nextLong(BOUND);
  }

  /**
   * Returns the given seed, or a random one.
   *
   * @param seed empty to draw one
   * @return the seed
   */
  public static long orDraw(OptionalLong seed) {
    return seed.orElseGet(RandomSeed::draw);
  }
}
