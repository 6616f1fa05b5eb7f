package dev.sdlora.sampler;

/**
 * Observes a sampler, called on the thread that samples. The calls come in pairs:
 *
 * <pre>{@code
 * stepStart(0, sigma)  stepEnd(0, sigma, denoised)  stepStart(1, sigma)  …
 * }</pre>
 *
 * <p>An exception thrown here stops the sampling and reaches its caller unchanged, which is how a
 * generation is cancelled.
 */
public interface StepObserver {
  /** Does nothing. */
  StepObserver NONE = new StepObserver() {};

  /**
   * Called when a step starts.
   *
   * @param step its number, counted from 0
   * @param sigma the noise level before it
   */
  default void stepStart(int step, double sigma) {}

  /**
   * Called when a step ends.
   *
   * @param step its number, counted from 0
   * @param sigma the noise level before it
   * @param denoised the clean latent predicted in the step, suitable for a preview; must be neither
   *     modified nor kept
   */
  default void stepEnd(int step, double sigma, float[] denoised) {}
}
