package dev.sdlora.api;

import dev.sdlora.api.image.ImageSize;
import java.time.Duration;
import java.util.Objects;

/**
 * About how long an image takes on this machine. Immutable.
 *
 * @param duration the time for one image when nothing else runs, without reading the model's files
 * @param size the size of the image
 * @param steps the number of steps, 1 or more
 * @param precision the precision of the computation; never {@link Precision#AUTO}
 * @param threads the number of threads of the computation, 1 or more
 */
public record TimeEstimate(
    Duration duration, ImageSize size, int steps, Precision precision, int threads) {

  /**
   * Checks that no value is missing.
   *
   * @param duration the time for one image
   * @param size the size of the image
   * @param steps the number of steps
   * @param precision the precision of the computation
   * @param threads the number of threads
   */
  public TimeEstimate {
    Objects.requireNonNull(duration, "duration");
    Objects.requireNonNull(size, "size");
    Objects.requireNonNull(precision, "precision");
  }
}
