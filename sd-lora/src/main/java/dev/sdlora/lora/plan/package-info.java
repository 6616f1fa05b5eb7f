/** Decides what LoRA files change: their modules matched to the layers of a checkpoint. */
@NullMarked
package dev.sdlora.lora.plan;

import org.jspecify.annotations.NullMarked;
