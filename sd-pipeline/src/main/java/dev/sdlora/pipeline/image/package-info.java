/**
 * The door for finished pictures: their files, and the text in them from which a picture can be
 * made again. {@link dev.sdlora.pipeline.image.Infotext} knows what the text says, {@link
 * dev.sdlora.pipeline.image.PictureFiles} where it is kept; neither knows the other.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>What a picture that was read cannot repeat; which program wrote it: {@code
 *       pipeline.image.Reproduction}; {@code OtherProgram}.
 *   <li>The text in pictures: {@code pipeline.image.InfotextKeys}: one line for a key, how it is
 *       written and how it is read.
 *   <li>Another kind of picture file: {@code pipeline.image.PictureFiles}.
 * </ul>
 */
@NullMarked
package dev.sdlora.pipeline.image;

import org.jspecify.annotations.NullMarked;
