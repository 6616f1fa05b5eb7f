package dev.sdlora.training.data;

import java.util.SplittableRandom;

/**
 * Random numbers that follow from a seed, a purpose and a position alone, so that a resumed
 * training needs no generator's state. Stateless.
 */
public final class SeededRandom {
  private SeededRandom() {}

  /**
   * A generator.
   *
   * @param seed of the training
   * @param purpose a word for what is drawn; different words give unrelated numbers
   * @param position of the image or step that it is drawn for
   */
  public static SplittableRandom of(long seed, String purpose, long position) {
    // Each seed goes through the generator once, so that neighbouring seeds have nothing in common.
    long own = new SplittableRandom(seed).nextLong() + purpose.hashCode();
    return new SplittableRandom(new SplittableRandom(own).nextLong() + position);
  }
}
