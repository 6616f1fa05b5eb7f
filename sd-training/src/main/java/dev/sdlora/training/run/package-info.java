/**
 * What a training run knows of itself: its checkpoint, and whether it shall stop. {@link
 * dev.sdlora.training.run.StopRequest} is made by a call or by an interrupt.
 */
@NullMarked
package dev.sdlora.training.run;

import org.jspecify.annotations.NullMarked;
