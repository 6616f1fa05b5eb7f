/** The two trainable factors of every layer, and the file that they are written to. */
@NullMarked
package dev.sdlora.training.adapter;

import org.jspecify.annotations.NullMarked;
