package dev.sdlora.sampler;

/** Predicts the clean latent behind a noisy one; all that a sampler knows of the model. */
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

  /**
   * The same prediction, and beside it that of the unconditional side of guidance alone, for the
   * samplers of CFG++ (Chung et al. 2024). It counts as one call. A model without guidance gives
   * the same latent twice.
   *
   * @param x the noisy latent, which must not be modified
   * @param sigma its noise level, above 0
   */
  Sides denoiseSides(float[] x, double sigma);

  /**
   * Two predictions of the clean latent.
   *
   * @param denoised what {@link Denoiser#denoise} gives
   * @param uncond what the unconditional side alone predicts
   */
  @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
  record Sides(float[] denoised, float[] uncond) {}
}
