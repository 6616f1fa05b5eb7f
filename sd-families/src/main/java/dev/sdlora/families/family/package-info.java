/**
 * Differences between families of models: {@link dev.sdlora.families.family.Family}.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>A new family: an implementation of {@code Family}, {@code checkpoint.SingleFileFamily} to
 *       recognise its files, and its networks in {@code network}.
 * </ul>
 */
@NullMarked
package dev.sdlora.families.family;

import org.jspecify.annotations.NullMarked;
