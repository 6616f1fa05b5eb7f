/**
 * Which noise levels a picture passes through: {@link dev.sdlora.sampler.schedule.NoiseLevels} are
 * those a model was trained on, {@link dev.sdlora.sampler.schedule.Schedules} picks some of them,
 * and {@link dev.sdlora.sampler.schedule.Sigmas} is such a pick. A noise level, sigma, is the
 * standard deviation of the noise on a clean latent of about unit size.
 */
@NullMarked
package dev.sdlora.sampler.schedule;

import org.jspecify.annotations.NullMarked;
