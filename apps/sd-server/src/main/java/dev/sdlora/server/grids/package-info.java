/** Grids of pictures that differ in one or two settings, as jobs. */
@NullMarked
package dev.sdlora.server.grids;

import org.jspecify.annotations.NullMarked;
