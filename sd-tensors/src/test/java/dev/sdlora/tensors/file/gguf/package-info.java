/** Tests of GGUF files. */
@NullMarked
package dev.sdlora.tensors.file.gguf;

import org.jspecify.annotations.NullMarked;
