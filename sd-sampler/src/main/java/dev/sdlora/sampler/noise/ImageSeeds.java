package dev.sdlora.sampler.noise;

/**
 * What decides the noise of one image.
 *
 * @param seed any number; the image's own
 * @param variationSeed that of the noise to vary towards
 * @param variationStrength how far, from 0 (not at all) to 1 (all the way)
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

  /** The seed of an image without variation. */
  public static ImageSeeds of(long seed) {
    return new ImageSeeds(seed, 0, 0, 0);
  }

  /**
   * The seeds of an image of the same request, as A1111 counts them: without variation the seed
   * rises by one with each, with variation it stays and the variation seed rises.
   *
   * @param index counted from 0, which is this image
   */
  public ImageSeeds image(int index) {
    return variationStrength == 0
        ? new ImageSeeds(seed + index, variationSeed + index, 0, ensd)
        : new ImageSeeds(seed, variationSeed + index, variationStrength, ensd);
  }
}
