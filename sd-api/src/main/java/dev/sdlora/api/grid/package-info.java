/**
 * Grids of images that differ in one or two settings; A1111's "X/Y/Z plot".
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Settings that a grid can vary: a method of {@code api.grid.Axis}, and its name in {@code
 *       Axis.parse}.
 * </ul>
 */
@NullMarked
package dev.sdlora.api.grid;

import org.jspecify.annotations.NullMarked;
