/**
 * The walk from noise to a clean latent. A {@link dev.sdlora.sampler.SamplingPlan} holds what is
 * fixed before the first step; its sampling method calls a {@link dev.sdlora.sampler.Denoiser},
 * behind which the network, the prompt and the guidance are.
 *
 * <p>A latent is a {@code float[]} whose layout samplers never look at. All noise levels and
 * weights are {@code double}.
 */
@NullMarked
package dev.sdlora.sampler;

import org.jspecify.annotations.NullMarked;
