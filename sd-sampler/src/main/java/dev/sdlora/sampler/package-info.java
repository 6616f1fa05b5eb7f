/**
 * The walk from noise to a clean latent. A {@link dev.sdlora.sampler.SamplingPlan} holds what is
 * fixed before the first step; its sampling method calls a {@link dev.sdlora.sampler.Denoiser},
 * behind which the network, the prompt and the guidance are.
 *
 * <p>A latent is a {@code float[]} whose layout samplers never look at. All noise levels and
 * weights are {@code double}.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>A sampler: one class in {@code sampler}, which names its {@code SigmaRule}, and one line in
 *       {@code SamplingMethods.of}; a constant in {@code api.Sampler} with what A1111 knows of it.
 *   <li>Where sampling starts from an image, what stays of it: {@code SamplingPlan.from}, {@code
 *       PictureSteps}; {@code SamplingPlan.keeping}.
 * </ul>
 */
@NullMarked
package dev.sdlora.sampler;

import org.jspecify.annotations.NullMarked;
