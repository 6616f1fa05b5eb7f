/** The two factors of every trained layer, and the file that they are written to. */
@NullMarked
package dev.sdlora.training.adapter;

import org.jspecify.annotations.NullMarked;
