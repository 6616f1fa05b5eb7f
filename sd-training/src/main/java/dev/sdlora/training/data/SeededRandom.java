package dev.sdlora.training.data;

import java.util.SplittableRandom;

/**
 * Random numbers that depend only on a seed, a purpose and a position, so that no generator's state
 * has to be saved for a resumed training run. Stateless.
 */
public final class SeededRandom {
  private SeededRandom() {}

  /**
   * Creates a generator.
   *
   * @param seed the seed of the training
   * @param purpose a word for the use of the numbers; different words give independent numbers
   * @param position the index of the image or step
   */
  public static SplittableRandom of(long seed, String purpose, long position) {
    // Each seed is hashed by the generator first, so that neighbouring seeds give independent
    // numbers.
    long own = new SplittableRandom(seed).nextLong() + purpose.hashCode();
    return new SplittableRandom(new SplittableRandom(own).nextLong() + position);
  }
}
