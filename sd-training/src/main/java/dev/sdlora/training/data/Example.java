package dev.sdlora.training.data;

/**
 * An encoded training image.
 *
 * @param latent [channels][height][width], at unit variance; must not be modified
 * @param rows the number of rows of the latent
 * @param caption the caption
 * @param strength the strength of the LoRA at which it should produce this image, not 0
 * @param sizes the sizes of the image
 */
@SuppressWarnings("ArrayRecordComponent") // Large, and never compared.
public record Example(
    float[] latent, int rows, String caption, double strength, TrainingImageSizes sizes) {}
