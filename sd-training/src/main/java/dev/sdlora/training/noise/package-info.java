/**
 * The noise that a training run adds, and the weight of its errors.
 *
 * <ul>
 *   <li>What a network predicts of a noisy latent: {@code NoiseProcess}, for diffusion and for
 *       rectified flows
 *   <li>Which noise levels are drawn: {@code Timesteps}
 *   <li>The weight of an error at a noise level: {@code LossWeighting}, {@code Diffusion}
 * </ul>
 */
@NullMarked
package dev.sdlora.training.noise;

import org.jspecify.annotations.NullMarked;
