package dev.sdlora.training.data;

/**
 * A training image as the denoiser sees it.
 *
 * @param latent [channels][height][width], at unit variance; must not be modified
 * @param rows the number of rows of the latent
 * @param mask the factor on the loss at each position of the latent, [height][width]; empty for 1
 * @param sizes the sizes of the image
 */
@SuppressWarnings("ArrayRecordComponent") // Large, and never compared.
public record EncodedImage(float[] latent, int rows, float[] mask, TrainingImageSizes sizes) {}
