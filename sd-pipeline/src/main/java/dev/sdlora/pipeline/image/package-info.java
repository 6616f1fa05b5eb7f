/**
 * Image files and the text in them from which an image can be reproduced. {@link
 * dev.sdlora.pipeline.image.Infotext} reads and writes the text, {@link
 * dev.sdlora.pipeline.image.ImageFiles} the files; neither depends on the other.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Warnings about settings that cannot be reproduced: {@code pipeline.image.Reproduction}.
 *   <li>Settings of texts that mean others with some models: {@code image.Flux1Text}.
 *   <li>Detection of other programs: {@code pipeline.image.OtherProgram}.
 *   <li>The text in images: {@code pipeline.image.InfotextKeys}, which has an entry for each key
 *       with its writer and reader.
 *   <li>Another image file format: {@code pipeline.image.ImageFiles}.
 * </ul>
 */
@NullMarked
package dev.sdlora.pipeline.image;

import org.jspecify.annotations.NullMarked;
