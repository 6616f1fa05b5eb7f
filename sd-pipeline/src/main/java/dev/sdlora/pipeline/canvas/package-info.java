/**
 * Pictures that requests start from: how they become a latent and a mask, and what becomes of the
 * picture that was painted on them.
 */
@NullMarked
package dev.sdlora.pipeline.canvas;

import org.jspecify.annotations.NullMarked;
