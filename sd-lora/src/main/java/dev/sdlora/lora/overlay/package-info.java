/** LoRAs beside the weights of a model, as programs add them while they run. */
@NullMarked
package dev.sdlora.lora.overlay;

import org.jspecify.annotations.NullMarked;
