/**
 * Exceptions, all below {@link dev.sdlora.api.error.StableDiffusionException}. Messages are one
 * sentence: what was wrong, where, what was expected and what was found.
 */
@NullMarked
package dev.sdlora.api.error;

import org.jspecify.annotations.NullMarked;
