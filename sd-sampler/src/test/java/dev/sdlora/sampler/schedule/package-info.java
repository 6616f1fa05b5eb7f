/** Tests of the schedule package. */
@NullMarked
package dev.sdlora.sampler.schedule;

import org.jspecify.annotations.NullMarked;
