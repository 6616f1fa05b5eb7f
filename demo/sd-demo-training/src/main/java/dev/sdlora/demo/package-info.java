/**
 * The images and captions that the bundled demo model learns from, and the judges of its own
 * images.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Scenes of plain shapes, and judging by geometry: {@code dev.sdlora.demo}.
 * </ul>
 */
@NullMarked
package dev.sdlora.demo;

import org.jspecify.annotations.NullMarked;
