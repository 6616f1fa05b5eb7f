/**
 * The command line {@code sd}: one class for each command, on the public API. {@link
 * dev.sdlora.cli.Sd} is the entry.
 */
@NullMarked
package dev.sdlora.cli;

import org.jspecify.annotations.NullMarked;
