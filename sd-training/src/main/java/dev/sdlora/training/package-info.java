/**
 * LoRA training: {@link dev.sdlora.training.LoraTrainer} trains a LoRA file from images with
 * captions, using the same networks as generation.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Default settings of a training run: {@code training.Recommendation}.
 *   <li>The layers that a training run changes: {@code training.TrainedModules}.
 *   <li>An option of a training run: {@code training.LoraTrainerBuilder}, {@code Assembly}; also
 *       {@code Recipe} and {@code Fingerprint} if it affects the result.
 *   <li>Sliders that are trained on prompts: {@code training.SliderTraining} and the package {@code
 *       training.slider}.
 * </ul>
 */
@NullMarked
package dev.sdlora.training;

import org.jspecify.annotations.NullMarked;
