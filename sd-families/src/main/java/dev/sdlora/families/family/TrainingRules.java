package dev.sdlora.families.family;

import dev.sdlora.lora.make.KeyNaming;
import java.util.OptionalDouble;

/**
 * Rules for training LoRAs for a family and writing their files, which are ai-toolkit's.
 *
 * @param samplesLatents whether latents are samples of the VAE's, not means
 * @param shift the shift of the noise levels; empty if it depends on the resolution
 * @param style the names of keys in files
 * @param hasAuthorsNames whether layers in files have the names of the authors' code
 */
public record TrainingRules(
    boolean samplesLatents, OptionalDouble shift, KeyNaming style, boolean hasAuthorsNames) {}
