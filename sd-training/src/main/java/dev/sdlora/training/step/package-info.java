/** One step of training: losses and gradients through the generating networks, and AdamW. */
@NullMarked
package dev.sdlora.training.step;

import org.jspecify.annotations.NullMarked;
