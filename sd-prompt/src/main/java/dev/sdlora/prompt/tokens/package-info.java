/**
 * From weighted text to what CLIP's text encoder reads: its byte-pair tokenizer, and chunks of 77
 * tokens.
 */
@NullMarked
package dev.sdlora.prompt.tokens;

import org.jspecify.annotations.NullMarked;
