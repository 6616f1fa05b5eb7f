/**
 * The headers of GGUF files, also of those in several parts ({@code GgufParts}). {@code GgufType}
 * has the numbers of formats and of kinds of metadata.
 */
@NullMarked
package dev.sdlora.tensors.file.gguf;

import org.jspecify.annotations.NullMarked;
