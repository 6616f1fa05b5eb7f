package dev.sdlora.sampler.noise;

/**
 * A stream of standard normal numbers. A picture depends on how its draws are grouped, so one call
 * here stands for one {@code randn} call of the program whose pictures are reproduced. Not safe for
 * use by several threads at once; every request has its own.
 */
@FunctionalInterface
public interface NoiseSource {
  /**
   * Draws the next numbers; consecutive draws continue the generator.
   *
   * @param count how many, at least 0; for the noise of a latent, its number of elements
   * @return a new array that belongs to the caller
   */
  float[] next(int count);
}
