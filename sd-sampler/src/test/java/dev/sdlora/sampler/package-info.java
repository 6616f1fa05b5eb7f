/** Tests of the samplers, and the helpers shared with the packages below. */
@NullMarked
package dev.sdlora.sampler;

import org.jspecify.annotations.NullMarked;
