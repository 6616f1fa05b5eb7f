/** Applies LoRAs to live weights and removes them without a trace. */
@NullMarked
package dev.sdlora.lora.patch;

import org.jspecify.annotations.NullMarked;
