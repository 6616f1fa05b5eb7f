package dev.sdlora.sampler;

/** Predicts the clean latent behind a noisy one; all that a sampler knows of the model. */
@FunctionalInterface
public interface Denoiser {
  /**
   * The expected clean latent, given {@code x = clean + sigma·noise}.
   *
   * <p>An exception thrown here ends the sampling and reaches its caller unchanged.
   *
   * @param x the noisy latent, which must not be modified
   * @param sigma its noise level, above 0
   * @return a latent of the same length that belongs to the sampler: the denoiser must not change
   *     it afterwards
   */
  float[] denoise(float[] x, double sigma);
}
