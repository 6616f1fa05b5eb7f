/** Tests of grids of pictures. */
@NullMarked
package dev.sdlora.pipeline.grid;

import org.jspecify.annotations.NullMarked;
