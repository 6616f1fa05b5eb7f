package dev.sdlora.training.data;

import java.util.List;

/**
 * The input of one training step.
 *
 * @param noisy latents with noise, [batch][channels][height][width]
 * @param times the time that the network reads for each member: 0 to 999, or a flow's sigma
 * @param target the noise or velocity to predict, of the same length as the latents
 * @param importance the factor on the loss of each member
 * @param strengths the strength of the LoRA for each member
 * @param captions the caption of each member
 * @param sizes the sizes of each member's image
 * @param rows the number of rows of a latent
 * @param mask the factor on the loss at each position, [batch][height][width]; empty for 1
 * @param deltas the delta of each member's pseudo-Huber loss; empty for the squared error
 */
@SuppressWarnings("ArrayRecordComponent") // Large, and never compared.
public record Batch(
    float[] noisy,
    float[] times,
    float[] target,
    float[] importance,
    float[] strengths,
    List<String> captions,
    List<TrainingImageSizes> sizes,
    int rows,
    float[] mask,
    float[] deltas) {}
