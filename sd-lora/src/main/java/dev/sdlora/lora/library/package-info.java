/** Finds LoRA files by the names that prompts use. */
@NullMarked
package dev.sdlora.lora.library;

import org.jspecify.annotations.NullMarked;
