/** Textual inversion embeddings: their files, and which of them a prompt names. */
@NullMarked
package dev.sdlora.pipeline.embedding;

import org.jspecify.annotations.NullMarked;
