/**
 * Exceptions, all derived from {@link dev.sdlora.api.error.StableDiffusionException}. Each message
 * is one sentence: the problem, its place, and the expected and the actual value.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Details of an error for programs: {@code api.ErrorDetails}, filled where the error is
 *       thrown; accessors in {@code StableDiffusionException}.
 * </ul>
 */
@NullMarked
package dev.sdlora.api.error;

import org.jspecify.annotations.NullMarked;
