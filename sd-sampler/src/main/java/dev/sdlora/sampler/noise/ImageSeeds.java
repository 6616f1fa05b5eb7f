package dev.sdlora.sampler.noise;

/**
 * The seeds that determine the noise of one image.
 *
 * @param seed any number; the image's own seed
 * @param variationSeed the seed of the noise to vary towards
 * @param variationStrength the amount of variation, from 0 (none) to 1 (only the other noise)
 * @param ensd A1111's "eta noise seed delta": added to the seed for all noise after the first. At 0
 *     that noise continues the first
 */
public record ImageSeeds(long seed, long variationSeed, double variationStrength, long ensd) {
  /**
   * Checks the strength.
   *
   * @throws IllegalArgumentException if it is outside [0, 1]
   */
  public ImageSeeds {
    if (!(variationStrength >= 0 && variationStrength <= 1)) {
      throw new IllegalArgumentException(
          "variationStrength must be from 0 to 1: " + variationStrength);
    }
  }

  /** Returns the seeds of an image without variation. */
  public static ImageSeeds of(long seed) {
    return new ImageSeeds(seed, 0, 0, 0);
  }

  /**
   * Returns the seeds of another image of the same request, as A1111 counts them: without variation
   * the seed increases by one for each image; with variation it stays the same, and the variation
   * seed increases.
   *
   * @param index the index of the image; 0 is this image
   */
  public ImageSeeds image(int index) {
    return variationStrength == 0
        ? new ImageSeeds(seed + index, variationSeed + index, 0, ensd)
        : new ImageSeeds(seed, variationSeed + index, variationStrength, ensd);
  }
}
