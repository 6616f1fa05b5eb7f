/**
 * Results of commands as text, JSON and image files.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>The files of generated images: {@code ImageWriter}, {@code OutputFiles}.
 *   <li>JSON output: {@code GenerationReport}, {@code Json}.
 *   <li>Charts: {@code training.report}.
 * </ul>
 */
@NullMarked
package dev.sdlora.cli.report;

import org.jspecify.annotations.NullMarked;
