/**
 * The door for finished pictures: their files, and the text in them from which a picture can be
 * made again. {@link dev.sdlora.pipeline.image.Infotext} knows what the text says, {@link
 * dev.sdlora.pipeline.image.PictureFiles} where it is kept; neither knows the other.
 */
@NullMarked
package dev.sdlora.pipeline.image;

import org.jspecify.annotations.NullMarked;
