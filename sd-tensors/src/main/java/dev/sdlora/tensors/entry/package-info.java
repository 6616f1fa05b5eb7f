/**
 * Descriptions of the tensors in files of any format: {@link dev.sdlora.tensors.entry.TensorEntry}
 * is one tensor, {@code TensorContents} all of a file. The values of quantised tensors are computed
 * by a {@code Widening} when they are read; {@link dev.sdlora.tensors.entry.StoredBytes} are their
 * bytes as they are stored.
 */
@NullMarked
package dev.sdlora.tensors.entry;

import org.jspecify.annotations.NullMarked;
