/**
 * Lines on a terminal: messages, progress, tables and help, and option values that cannot be
 * parsed.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>A message or a progress line: {@code Console}, {@code ProgressLine}.
 *   <li>The layout of help: {@code GroupedHelp}, {@code Heading}.
 *   <li>Suggestions for mistyped words: {@code UnknownWord}.
 * </ul>
 */
@NullMarked
package dev.sdlora.cli.console;

import org.jspecify.annotations.NullMarked;
