/** What a training reads: latents of images, captions as tokens or states, batches of both. */
@NullMarked
package dev.sdlora.training.data;

import org.jspecify.annotations.NullMarked;
