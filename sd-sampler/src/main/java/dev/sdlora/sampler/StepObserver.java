package dev.sdlora.sampler;

/**
 * Watches a sampler at work, from the thread that samples. The calls come in pairs:
 *
 * <pre>{@code
 * stepStart(0, sigma)  stepEnd(0, sigma, denoised)  stepStart(1, sigma)  …
 * }</pre>
 *
 * <p>An exception thrown here ends the sampling and reaches its caller unchanged, which is how a
 * generation is cancelled.
 */
public interface StepObserver {
  /** Does nothing. */
  StepObserver NONE = new StepObserver() {};

  /**
   * A step begins.
   *
   * @param step its number, counted from 0
   * @param sigma the noise level before it
   */
  default void stepStart(int step, double sigma) {}

  /**
   * A step is over.
   *
   * @param step its number, counted from 0
   * @param sigma the noise level before it
   * @param denoised the clean latent that the step worked with, good for a preview; it must be
   *     neither modified nor kept
   */
  default void stepEnd(int step, double sigma, float[] denoised) {}
}
