package dev.sdlora.sampler.noise;

/**
 * A stream of standard normal numbers. An image depends on the grouping of its draws, so one call
 * here corresponds to one {@code randn} call of the program whose images are reproduced. Not
 * thread-safe; every request has its own.
 */
@FunctionalInterface
public interface NoiseSource {
  /**
   * Draws the next numbers; consecutive draws continue the generator.
   *
   * @param count the number of values, at least 0; for the noise of a latent, its number of
   *     elements
   * @return a new array that belongs to the caller
   * @throws IllegalArgumentException if {@code count} is negative
   */
  float[] next(int count);

  /**
   * Returns the noise for one run through a schedule, for {@link #between}. By default returns this
   * source; a source with a path of Brownian motion spans it over these levels.
   *
   * @param sigmaMin the lowest level above 0 of the whole schedule, even if only a part is used
   * @param sigmaMax its highest level
   */
  default NoiseSource over(double sigmaMin, double sigmaMax) {
    return this;
  }

  /**
   * Returns the noise that a step from one level to another adds, as unit normal numbers. By
   * default returns the next draw; a source with a path of Brownian motion returns that path's
   * increment over the step, divided by the square root of its length, so that runs with any number
   * of steps follow the same path.
   *
   * @param sigma the level at which the step starts, above 0
   * @param sigmaNext the level at which it ends, above 0 and different
   * @param count the number of values, the same in all calls
   * @return a new array that belongs to the caller
   */
  default float[] between(double sigma, double sigmaNext, int count) {
    return next(count);
  }
}
