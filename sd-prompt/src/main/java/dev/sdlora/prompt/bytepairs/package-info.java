/**
 * Byte-pair encoding (Sennrich et al. 2016), as GPT-2, CLIP and Qwen use it on the bytes of a text.
 * The tokenizers are in the packages that use this one; it knows no vocabulary.
 */
@NullMarked
package dev.sdlora.prompt.bytepairs;

import org.jspecify.annotations.NullMarked;
