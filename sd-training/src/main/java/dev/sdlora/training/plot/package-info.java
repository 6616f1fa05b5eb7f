/** A training's losses as an image. */
@NullMarked
package dev.sdlora.training.plot;

import org.jspecify.annotations.NullMarked;
