package dev.sdlora.training.option;

import dev.sdlora.api.value.Checks;

/**
 * Aspect-ratio buckets by kohya's rule: each image is trained at the size, of those with at most
 * the area of the training resolution, whose aspect ratio is closest to its own.
 *
 * @param least the shortest side in pixels, at least 64, rounded down to a multiple of the step; at
 *     most the shorter side of the training resolution
 * @param most the longest side in pixels, rounded up to a multiple of the step; at least the longer
 *     side of the training resolution
 * @param step the sides are multiples of this number of pixels, a positive multiple of 8
 * @param upscale whether small images are enlarged; if not, they are trained at their own size,
 *     cropped to multiples of the step, and larger ones are reduced to the area of the training
 *     resolution, whatever the shortest and longest side
 */
public record BucketOptions(int least, int most, int step, boolean upscale) {
  /**
   * Sides from 256 to 1024 in steps of 64, with small images enlarged. For a training resolution
   * with a side of at most 256, such as that of small models, these sides and steps become smaller:
   * from half of the shorter to twice the longer side, in steps of an eighth of the shorter one.
   */
  public static final BucketOptions DEFAULTS = new BucketOptions(256, 1024, 64, true);

  /** Checks the options; see the class for their ranges. */
  public BucketOptions {
    Checks.atLeast(64, least, "least");
    Checks.atLeast(least, most, "most");
    Checks.positiveMultipleOf(8, step, "step");
  }
}
