/** Puts LoRAs on live weights and takes them off without a trace. */
@NullMarked
package dev.sdlora.lora.patch;

import org.jspecify.annotations.NullMarked;
