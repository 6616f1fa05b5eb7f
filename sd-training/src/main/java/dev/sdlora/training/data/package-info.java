/**
 * The input of a training run: latents of images, captions as tokens or states, and batches of
 * both.
 */
@NullMarked
package dev.sdlora.training.data;

import org.jspecify.annotations.NullMarked;
