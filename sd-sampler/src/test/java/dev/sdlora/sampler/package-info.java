/** Tests of the samplers, and the helpers that the packages below share. */
@NullMarked
package dev.sdlora.sampler;

import org.jspecify.annotations.NullMarked;
