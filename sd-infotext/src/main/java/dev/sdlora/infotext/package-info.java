/**
 * The text in images from which they can be made again: {@link dev.sdlora.infotext.Infotext} reads
 * and writes it, and reads the texts of other programs through {@code foreign}.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Warnings about settings that cannot be reproduced: {@code Reproduction}.
 *   <li>Settings of texts that mean others with some models: {@code Flux1Text}.
 *   <li>Detection of other programs: {@code OtherProgram}.
 *   <li>A key of the text: the row of its setting in {@code api.setting}; its place and its quirks:
 *       {@code key.InfotextKeys}.
 * </ul>
 */
@NullMarked
package dev.sdlora.infotext;

import org.jspecify.annotations.NullMarked;
