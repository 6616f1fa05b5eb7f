/**
 * Image files. {@link dev.sdlora.pipeline.image.ImageFiles} reads and writes them with the text
 * that {@code infotext} makes and reads.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Another image file format: {@code ImageFiles}.
 *   <li>Text hidden in pixels: {@code StealthText}.
 * </ul>
 */
@NullMarked
package dev.sdlora.pipeline.image;

import org.jspecify.annotations.NullMarked;
