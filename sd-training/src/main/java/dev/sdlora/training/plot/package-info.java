/** Plots the losses of a training run. */
@NullMarked
package dev.sdlora.training.plot;

import org.jspecify.annotations.NullMarked;
