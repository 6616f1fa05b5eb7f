/** Tests of samplers with steps of their own. */
@NullMarked
package dev.sdlora.sampler.singlestep;

import org.jspecify.annotations.NullMarked;
