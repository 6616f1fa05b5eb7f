package dev.sdlora.training.data;

import dev.sdlora.api.sampling.Rng;
import dev.sdlora.sampler.noise.Noise;
import java.util.Map;
import java.util.Objects;

/**
 * The normal distribution that an autoencoder gives for the latent of an image, both arrays of
 * [channels][rows][columns].
 *
 * @param mean the mean, in the scale of the denoiser; must not be modified
 * @param deviation the standard deviation in the same scale; must not be modified
 */
@SuppressWarnings("ArrayRecordComponent") // Large, and never compared.
public record LatentDistribution(float[] mean, float[] deviation) {
  private static final String MEAN = "mean";
  private static final String DEVIATION = "deviation";

  /**
   * Samples a latent.
   *
   * @param seed the seed of the noise
   */
  public float[] sample(long seed) {
    float[] latent = Noise.of(Rng.NV, seed).next(mean.length);
    for (int i = 0; i < latent.length; i++) {
      latent[i] = mean[i] + deviation[i] * latent[i];
    }
    return latent;
  }

  /** The arrays as a cache keeps them. */
  public Map<String, float[]> arrays() {
    return Map.of(MEAN, mean, DEVIATION, deviation);
  }

  /** The distribution from the arrays of a cache. */
  public static LatentDistribution of(Map<String, float[]> arrays) {
    return new LatentDistribution(
        Objects.requireNonNull(arrays.get(MEAN), MEAN),
        Objects.requireNonNull(arrays.get(DEVIATION), DEVIATION));
  }
}
