package dev.sdlora.training.data;

/**
 * An image to learn from.
 *
 * @param latent [channels][height][width], at unit variance; not to be changed
 * @param caption what it shows
 * @param strength of the LoRA at which it is the aim, not 0
 * @param sizes of the image
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody, and large.
public record Example(float[] latent, String caption, double strength, TrainingImageSizes sizes) {}
