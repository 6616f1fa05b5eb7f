package dev.sdlora.training.data;

/** How a family of models adds noise to latents, and what it predicts. Stateless. */
public interface NoiseProcess {
  /**
   * Returns the noise level at a position.
   *
   * @param position from 0, a clean latent, up to 1, pure noise
   */
  NoiseLevel at(double position);

  /** Whether the network predicts velocity, of a diffusion or of a flow, instead of noise. */
  boolean predictsVelocity();
}
