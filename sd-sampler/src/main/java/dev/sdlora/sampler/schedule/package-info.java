/**
 * Which noise levels an image passes through: {@link dev.sdlora.sampler.schedule.NoiseLevels} are
 * those a model was trained on, {@link dev.sdlora.sampler.schedule.Schedules} picks some of them,
 * and {@link dev.sdlora.sampler.schedule.Sigmas} is such a pick. A noise level, sigma, is the
 * standard deviation of the noise on a clean latent of about unit size.
 *
 * <p>Where to change what:
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
