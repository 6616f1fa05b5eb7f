/**
 * Converts weighted text to the input of CLIP's text encoder: its byte-pair tokenizer, and chunks
 * of 77 tokens.
 */
@NullMarked
package dev.sdlora.prompt.tokens;

import org.jspecify.annotations.NullMarked;
