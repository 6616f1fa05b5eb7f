/**
 * Samplers that use what the denoiser returned in earlier steps, and therefore call it once in most
 * steps.
 */
@NullMarked
package dev.sdlora.sampler.multistep;

import org.jspecify.annotations.NullMarked;
