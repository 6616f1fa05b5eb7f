/**
 * LoRA training: {@link dev.sdlora.training.LoraTrainer} turns images with captions into a LoRA
 * file, through the very networks that make images.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>Default settings of a training: {@code training.Recommendation}.
 *   <li>Which layers a training changes: {@code training.TrainedModules}.
 *   <li>An option of a training: {@code training.LoraTrainerBuilder}, {@code Assembly}; {@code
 *       Recipe} and {@code Fingerprint} if it decides the result.
 * </ul>
 */
@NullMarked
package dev.sdlora.training;

import org.jspecify.annotations.NullMarked;
