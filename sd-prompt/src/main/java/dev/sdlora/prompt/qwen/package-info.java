/**
 * Converts a prompt to the input of the text encoder Qwen3, which FLUX.2 klein and Z-Image use: the
 * byte-pair tokenizer, and the models' templates around a prompt. Unlike CLIP, Qwen3 reads the
 * prompt as it is written: no part has a weight.
 */
@NullMarked
package dev.sdlora.prompt.qwen;

import org.jspecify.annotations.NullMarked;
