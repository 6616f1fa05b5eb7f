/**
 * Differences between families of models: {@link dev.sdlora.pipeline.family.Family}.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>A new family: an implementation of {@code Family}, {@code checkpoint.SingleFileFamily} to
 *       recognise its files, and its networks in {@code network}.
 * </ul>
 */
@NullMarked
package dev.sdlora.pipeline.family;

import org.jspecify.annotations.NullMarked;
