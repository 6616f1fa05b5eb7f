package dev.sdlora.sampler.noise;

/**
 * A stream of standard normal numbers. An image depends on how its draws are grouped, so one call
 * here stands for one {@code randn} call of the program whose images are reproduced. Not safe for
 * use by several threads at once; every request has its own.
 */
@FunctionalInterface
public interface NoiseSource {
  /**
   * Draws the next numbers; consecutive draws continue the generator.
   *
   * @param count how many, at least 0; for the noise of a latent, its number of elements
   * @return a new array that belongs to the caller
   * @throws IllegalArgumentException if {@code count} is negative
   */
  float[] next(int count);

  /**
   * The noise of one way down the levels, for {@link #between}. Here the same source; one with a
   * path of Brownian motion lays it over these levels.
   *
   * @param sigmaMin the lowest level above 0 of the whole schedule, also where only a part is
   *     walked
   * @param sigmaMax its highest
   */
  default NoiseSource over(double sigmaMin, double sigmaMax) {
    return this;
  }

  /**
   * The noise that a step from one level to another adds, as unit normal numbers. Here the next
   * draw; a source with a path of Brownian motion gives that path's increment over the step,
   * divided by the root of its length, so that steps of any number follow the same path.
   *
   * @param sigma the level at which the step starts, above 0
   * @param sigmaNext the level at which it ends, above 0 and different
   * @param count how many numbers, always the same
   * @return a new array that belongs to the caller
   */
  default float[] between(double sigma, double sigmaNext, int count) {
    return next(count);
  }
}
