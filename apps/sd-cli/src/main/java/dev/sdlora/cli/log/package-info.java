/**
 * Log lines on standard error, as text or as JSON.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>The fields of a line: {@code LogFormat}.
 *   <li>Which loggers are on: {@code LogOutput}.
 * </ul>
 */
@NullMarked
package dev.sdlora.cli.log;

import org.jspecify.annotations.NullMarked;
