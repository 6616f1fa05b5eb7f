package dev.sdlora.training.slider;

import dev.sdlora.training.noise.NoiseLevel;

/**
 * Deterministic steps between noise levels (Song et al. 2021, "Denoising Diffusion Implicit
 * Models", equation 12 without noise). They hold for predictions of noise and of velocity, because
 * a noise level defines what its prediction is made of. Stateless.
 */
final class Ddim {
  private Ddim() {}

  /**
   * Moves a latent to another noise level.
   *
   * @param noisy a number of the latent
   * @param predicted the prediction for it at the first level
   */
  static float step(NoiseLevel from, NoiseLevel to, float noisy, double predicted) {
    // The two equations of a level, solved for the clean latent and the noise.
    double determinant = from.signal() * from.targetNoise() - from.noise() * from.targetSignal();
    double clean = (from.targetNoise() * noisy - from.noise() * predicted) / determinant;
    double noise = (from.signal() * predicted - from.targetSignal() * noisy) / determinant;
    return (float) (to.signal() * clean + to.noise() * noise);
  }
}
