/**
 * Grids of images that differ in one or two settings, as jobs.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Grids over HTTP and the axes that the page offers: {@code GridPlan} with its limits and
 *       {@code AxisKind} in {@code server.grids}.
 * </ul>
 */
@NullMarked
package dev.sdlora.server.grids;

import org.jspecify.annotations.NullMarked;
