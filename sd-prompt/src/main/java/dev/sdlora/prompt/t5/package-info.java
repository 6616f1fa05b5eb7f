/**
 * Converts a prompt to the input of the text encoder T5, which FLUX.1, Chroma and Stable Diffusion
 * 3 use: the unigram tokenizer, and the cutting of a prompt into what T5 reads at once.
 */
@NullMarked
package dev.sdlora.prompt.t5;

import org.jspecify.annotations.NullMarked;
