package dev.sdlora.sampler;

/** Predicts the clean latent in a noisy one; the sampler's only view of the model. */
public interface Denoiser {
  /**
   * Returns the expected clean latent, given {@code x = clean + sigma·noise}, or in a rectified
   * flow {@code x = (1 - sigma)·clean + sigma·noise}.
   *
   * <p>An exception thrown here stops the sampling and reaches its caller unchanged.
   *
   * @param x the noisy latent, which must not be modified
   * @param sigma its noise level, above 0
   * @return a latent of the same length that belongs to the sampler: the denoiser must not change
   *     it afterwards
   */
  float[] denoise(float[] x, double sigma);

  /**
   * Returns the same prediction together with the unconditional prediction of guidance, for the
   * CFG++ samplers (Chung et al. 2024). It counts as one call. A model without guidance returns the
   * same latent twice.
   *
   * @param x the noisy latent, which must not be modified
   * @param sigma its noise level, above 0
   */
  Sides denoiseSides(float[] x, double sigma);

  /**
   * Two predictions of the clean latent.
   *
   * @param denoised the result of {@link Denoiser#denoise}
   * @param uncond the unconditional prediction
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Sides(float[] denoised, float[] uncond) {}
}
