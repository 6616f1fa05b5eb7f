/**
 * What a training run does: {@code Recipe} has its course, {@code AdapterSettings} the layers and
 * the kind of their changes, {@code NetworkArguments} their names in kohya's metadata.
 */
@NullMarked
package dev.sdlora.training.recipe;

import org.jspecify.annotations.NullMarked;
