package dev.sdlora.sampler.schedule;

/**
 * The form of a noisy latent: the shares of the clean latent and of the noise in it. The share of
 * the noise is sigma in both forms, so that methods for the probability flow ({@code dx/dsigma = (x
 * - denoised) / sigma}) need no others; methods with fresh noise need the share of the clean
 * latent, too.
 */
public sealed interface NoiseForm permits ExplodingForm, FlowForm {
  /**
   * Returns the form {@code clean + sigma·noise}, with sigma from near 0 to far above 1 (variance
   * exploding).
   */
  static NoiseForm exploding() {
    return new ExplodingForm();
  }

  /** Whether this is a rectified flow, {@code (1 - sigma)·clean + sigma·noise}. */
  boolean isFlow();

  /** Returns the share of the clean latent: always 1, or {@code 1 - sigma} in a flow. */
  double signal(double sigma);

  /**
   * Returns the noise relative to the clean latent, {@code sigma / signal(sigma)}; infinite for
   * pure noise.
   */
  default double ratio(double sigma) {
    return sigma / signal(sigma);
  }

  /** Returns the level at which the noise has this ratio to the clean latent. */
  double sigma(double ratio);

  /**
   * Returns the rise of half the log-SNR over a step, {@code log(ratio(sigma) / ratio(sigmaNext))}.
   */
  double rise(double sigma, double sigmaNext);

  /** Returns the level in the middle of the log-SNR of two levels, neither 0. */
  double middle(double sigma, double sigmaNext);

  /**
   * Returns the levels with the first one moved below pure noise, for methods in the log-SNR, where
   * pure noise is infinitely far away.
   */
  Sigmas belowPureNoise(Sigmas sigmas);
}
