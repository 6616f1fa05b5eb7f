/** Checkpoints and LoRAs from Hugging Face, Civitai and other addresses. */
@NullMarked
package dev.sdlora.models;

import org.jspecify.annotations.NullMarked;
