/** Weights on their way from a file into native memory, and their changes there. */
@NullMarked
package dev.sdlora.tensors.weights;

import org.jspecify.annotations.NullMarked;
