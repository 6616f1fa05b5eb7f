/**
 * Noise schedules: {@link dev.sdlora.sampler.schedule.NoiseLevels} are the levels that a model was
 * trained on, {@link dev.sdlora.sampler.schedule.Schedules} selects some of them, and {@link
 * dev.sdlora.sampler.schedule.Sigmas} is the selection. A noise level, sigma, is the standard
 * deviation of the noise on a clean latent of about unit size. {@link
 * dev.sdlora.sampler.schedule.NoiseForm} tells whether the noise is added to that latent or, in a
 * rectified flow, mixed with it.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>A schedule: one method in {@code sampler.schedule.Schedules} and its line in {@code
 *       sigmas}; a constant in {@code api.Schedule}; for samplers that have times of their own,
 *       {@code SigmaRule.of}.
 * </ul>
 */
@NullMarked
package dev.sdlora.sampler.schedule;

import org.jspecify.annotations.NullMarked;
