/**
 * Sampling from noise to a clean latent: a {@code SamplingMethod} goes down the noise levels and
 * calls a {@link dev.sdlora.sampler.Denoiser}, which hides the network, the prompt and the
 * guidance.
 *
 * <p>A latent is a {@code float[]} whose layout samplers ignore. All noise levels and weights are
 * {@code double}.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>A sampler: one class in {@code sampler.singlestep} or {@code sampler.multistep}, which
 *       names its {@code SigmaRule}, and one line in {@code sampler.plan.SamplingMethods.of}; a
 *       constant in {@code api.Sampler} with A1111's properties of it. What it needs for rectified
 *       flows comes from {@code NoiseForm}; without a form for them, it belongs into {@code
 *       SamplingMethods.requireFlowForm}.
 *   <li>The start of image to image, and the parts of an image that are kept: {@code
 *       sampler.plan.SamplingPlan.from}, {@code ImageToImageSteps}; {@code SamplingPlan.keeping}.
 * </ul>
 */
@NullMarked
package dev.sdlora.sampler;

import org.jspecify.annotations.NullMarked;
