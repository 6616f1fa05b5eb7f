/** Tests of grids of images. */
@NullMarked
package dev.sdlora.api.grid;

import org.jspecify.annotations.NullMarked;
