/**
 * Fuzz targets for all that reads files or texts, and the programs that run them. A {@link
 * dev.sdlora.fuzz.Target} reads bytes; {@link dev.sdlora.fuzz.Trial} says what it may not do.
 */
@NullMarked
package dev.sdlora.fuzz;

import org.jspecify.annotations.NullMarked;
