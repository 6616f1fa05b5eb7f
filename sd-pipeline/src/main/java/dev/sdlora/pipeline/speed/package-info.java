/**
 * How long images take: the operations of networks, counted from their dimensions, and the rate of
 * a large product of matrices, measured on this machine.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>The share of that rate that networks reach: {@code ImageWork}.
 *   <li>What counts as one image: {@code ImageTime}.
 * </ul>
 */
@NullMarked
package dev.sdlora.pipeline.speed;

import org.jspecify.annotations.NullMarked;
