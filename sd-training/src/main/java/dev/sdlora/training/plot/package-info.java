/** A training's losses as a picture. */
@NullMarked
package dev.sdlora.training.plot;

import org.jspecify.annotations.NullMarked;
