/**
 * Files and channels, whatever they contain: complete reads and writes, errors, cancelling,
 * replacing a file at once, noticing that one has changed, and limits of JSON and compressed data.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Cancelling the reading of files: {@code tensors.io.Cancellation}.
 *   <li>Writing files atomically: {@code tensors.io.ReplacedFile}.
 *   <li>Other files that users take for models: {@code tensors.io.ForeignFiles}.
 * </ul>
 */
@NullMarked
package dev.sdlora.tensors.io;

import org.jspecify.annotations.NullMarked;
