/**
 * LoRA training: {@link dev.sdlora.training.LoraTrainer} turns pictures with captions into a LoRA
 * file, through the very networks that make pictures.
 */
@NullMarked
package dev.sdlora.training;

import org.jspecify.annotations.NullMarked;
