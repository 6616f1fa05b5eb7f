/**
 * Options of a request, grouped as in the help.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>An option of a request: the group that has its heading, used by {@code ImageOptions}.
 *   <li>Options of training: the package {@code training}.
 * </ul>
 */
@NullMarked
package dev.sdlora.cli.option;

import org.jspecify.annotations.NullMarked;
