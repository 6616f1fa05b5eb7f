/**
 * Sliders that are trained on prompts: the batches come from the base model's own predictions.
 * {@link dev.sdlora.training.slider.Trajectory} walks from noise to images, {@link
 * dev.sdlora.training.slider.SliderBatches} turns its predictions into targets.
 */
@NullMarked
package dev.sdlora.training.slider;

import org.jspecify.annotations.NullMarked;
