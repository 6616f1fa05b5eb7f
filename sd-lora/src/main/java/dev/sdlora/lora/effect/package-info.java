/** How far LoRAs move the weights of a checkpoint. */
@NullMarked
package dev.sdlora.lora.effect;

import org.jspecify.annotations.NullMarked;
