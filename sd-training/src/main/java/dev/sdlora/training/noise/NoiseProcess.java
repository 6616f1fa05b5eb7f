package dev.sdlora.training.noise;

import java.util.OptionalDouble;

/** The noise that a family of models adds to latents, and its prediction. Stateless. */
public interface NoiseProcess {
  /**
   * Returns the noise level at a position.
   *
   * @param position from 0, a clean latent, up to 1, pure noise
   */
  NoiseLevel at(double position);

  /**
   * The shift of noise levels in the model's schedule for a latent's size; empty if the schedule
   * does not depend on it.
   *
   * @param rows the number of rows of the latent
   * @param columns the number of columns of the latent
   */
  default OptionalDouble resolutionShift(int rows, int columns) {
    return OptionalDouble.empty();
  }

  /** Whether the network predicts velocity, of a diffusion or of a flow, instead of noise. */
  boolean predictsVelocity();
}
