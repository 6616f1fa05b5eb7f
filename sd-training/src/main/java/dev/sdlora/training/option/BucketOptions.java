package dev.sdlora.training.option;

import dev.sdlora.api.value.Checks;

/**
 * Aspect-ratio buckets by kohya's rule: each image is trained at the size, of those with at most
 * the area of the training resolution, whose aspect ratio is closest to its own.
 *
 * @param least the shortest side in pixels, at least 64
 * @param most the longest side in pixels, at least the shortest
 * @param step what sides are multiples of, a positive multiple of 8
 * @param upscale whether small images are enlarged; if not, they are trained at their own size, cut
 *     to multiples of the step
 */
public record BucketOptions(int least, int most, int step, boolean upscale) {
  /** Sides from 256 to 1024 in steps of 64, with small images enlarged. */
  public static final BucketOptions DEFAULTS = new BucketOptions(256, 1024, 64, true);

  /** Checks the options; see the class for their ranges. */
  public BucketOptions {
    Checks.atLeast(64, least, "least");
    Checks.atLeast(least, most, "most");
    Checks.positiveMultipleOf(8, step, "step");
  }
}
