/** A training step: losses and gradients from the networks of generation, and AdamW. */
@NullMarked
package dev.sdlora.training.step;

import org.jspecify.annotations.NullMarked;
