package dev.sdlora.training.data;

import java.util.List;

/**
 * What one step of a training learns from.
 *
 * @param noisy latents with noise, [batch][channels][height][width]
 * @param times training time step of each member, 0 to 999
 * @param target what is to be predicted of them, noise or velocity, as long as they are
 * @param importance factor on the loss of each member
 * @param strengths of the LoRA for each member
 * @param captions of each member
 * @param sizes of each member's image
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody, and large.
public record Batch(
    float[] noisy,
    float[] times,
    float[] target,
    float[] importance,
    float[] strengths,
    List<String> captions,
    List<TrainingImageSizes> sizes) {}
