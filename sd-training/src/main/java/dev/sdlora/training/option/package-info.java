/** The options of a training run that need more than a number. All types are immutable. */
@NullMarked
package dev.sdlora.training.option;

import org.jspecify.annotations.NullMarked;
