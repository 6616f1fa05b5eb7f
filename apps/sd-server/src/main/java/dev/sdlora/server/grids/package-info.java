/**
 * Grids of images that differ in one or two settings, as jobs.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>Grids over HTTP, which settings the page offers as axes: {@code server.grids}: {@code
 *       GridPlan} and its limits, {@code AxisKind}.
 * </ul>
 */
@NullMarked
package dev.sdlora.server.grids;

import org.jspecify.annotations.NullMarked;
