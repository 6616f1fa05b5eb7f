/** Tests of the noise package. */
@NullMarked
package dev.sdlora.sampler.noise;

import org.jspecify.annotations.NullMarked;
