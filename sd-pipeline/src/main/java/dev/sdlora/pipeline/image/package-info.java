/**
 * The door for finished images: their files, and the text in them from which an image can be made
 * again. {@link dev.sdlora.pipeline.image.Infotext} knows what the text says, {@link
 * dev.sdlora.pipeline.image.ImageFiles} where it is kept; neither knows the other.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>What an image that was read cannot repeat; which program wrote it: {@code
 *       pipeline.image.Reproduction}; {@code OtherProgram}.
 *   <li>The text in images: {@code pipeline.image.InfotextKeys}: one line for a key, how it is
 *       written and how it is read.
 *   <li>Another kind of image file: {@code pipeline.image.ImageFiles}.
 * </ul>
 */
@NullMarked
package dev.sdlora.pipeline.image;

import org.jspecify.annotations.NullMarked;
