/** Tests of grids of pictures. */
@NullMarked
package dev.sdlora.api.grid;

import org.jspecify.annotations.NullMarked;
