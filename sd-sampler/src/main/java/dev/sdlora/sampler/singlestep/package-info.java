/**
 * Samplers whose steps use nothing of earlier steps, with one or more calls of the denoiser in
 * each. {@code Ancestral} is the noise that methods add after a step, {@code Churn} the one before.
 */
@NullMarked
package dev.sdlora.sampler.singlestep;

import org.jspecify.annotations.NullMarked;
