/** Strengths of LoRAs, and what is known about their files: contents, effect, fit, conflicts. */
@NullMarked
package dev.sdlora.api.lora;

import org.jspecify.annotations.NullMarked;
