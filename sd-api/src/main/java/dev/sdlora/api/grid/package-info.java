/**
 * Grids of images that differ in one or two settings, A1111's "X/Y/Z plot".
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>What can be varied in a grid: a method of {@code api.grid.Axis}, its name in {@code
 *       Axis.parse}.
 * </ul>
 */
@NullMarked
package dev.sdlora.api.grid;

import org.jspecify.annotations.NullMarked;
