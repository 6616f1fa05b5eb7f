/** Grids of pictures that differ in one or two settings, A1111's "X/Y/Z plot". */
@NullMarked
package dev.sdlora.api.grid;

import org.jspecify.annotations.NullMarked;
