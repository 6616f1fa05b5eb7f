/**
 * Exceptions, all below {@link dev.sdlora.api.error.StableDiffusionException}. Messages are one
 * sentence: what was wrong, where, what was expected and what was found.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>What an error tells programs: {@code api.ErrorDetails}, given where it is thrown; accessors
 *       of errors that have them in {@code DetailedException}.
 * </ul>
 */
@NullMarked
package dev.sdlora.api.error;

import org.jspecify.annotations.NullMarked;
