/**
 * Fuzz targets for everything that reads files or texts, and the programs that run them. A {@link
 * dev.sdlora.fuzz.Target} reads bytes; {@link dev.sdlora.fuzz.Trial} checks its behaviour.
 */
@NullMarked
package dev.sdlora.fuzz;

import org.jspecify.annotations.NullMarked;
