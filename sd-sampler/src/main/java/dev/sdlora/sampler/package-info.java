/**
 * Sampling from noise to a clean latent. A {@link dev.sdlora.sampler.SamplingPlan} contains
 * everything that is fixed before the first step; its sampling method calls a {@link
 * dev.sdlora.sampler.Denoiser}, which hides the network, the prompt and the guidance.
 *
 * <p>A latent is a {@code float[]} whose layout samplers ignore. All noise levels and weights are
 * {@code double}.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>A sampler: one class in {@code sampler}, which names its {@code SigmaRule}, and one line in
 *       {@code SamplingMethods.of}; a constant in {@code api.Sampler} with A1111's properties of
 *       it. What it needs for rectified flows comes from {@code NoiseForm}; without a form for
 *       them, it belongs into {@code SamplingMethods.requireFlowForm}.
 *   <li>The start of image to image, and the parts of an image that are kept: {@code
 *       SamplingPlan.from}, {@code ImageToImageSteps}; {@code SamplingPlan.keeping}.
 * </ul>
 */
@NullMarked
package dev.sdlora.sampler;

import org.jspecify.annotations.NullMarked;
