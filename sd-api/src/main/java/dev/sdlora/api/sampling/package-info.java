/** Samplers, schedules, random number generators, and ways to sample in less time. */
@NullMarked
package dev.sdlora.api.sampling;

import org.jspecify.annotations.NullMarked;
