/**
 * Translates the settings that other programs write into their images to A1111's terms. There is
 * one class for each program, which turns its JSON into {@link
 * dev.sdlora.infotext.foreign.ForeignSettings}, and one for each prompt weighting syntax. Values
 * are not validated here but where A1111's text is parsed.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Translation of another program's settings to A1111's terms: {@code foreign}: a class for
 *       each program, one for each weighting syntax; {@code infotext.ForeignText} writes the text,
 *       {@code pipeline.image.StealthText} finds text hidden in pixels.
 * </ul>
 */
@NullMarked
package dev.sdlora.infotext.foreign;

import org.jspecify.annotations.NullMarked;
