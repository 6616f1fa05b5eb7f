/**
 * Reads diffusion transformers, their text encoder and their VAE: recognises the family, maps the
 * tensor names of every layout to those of diffusers, and finds parts in other files.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Tensor names and shapes of a network: {@code Qwen3Tensors}, {@code VaeTensors}; those of
 *       denoisers implement {@code DenoiserTensors} in the packages of the families.
 *   <li>Text encoders: {@code TextEncoderKind}.
 *   <li>The names of parts of fused tensors: {@code ViewNames}.
 *   <li>Places of text encoders and VAEs: {@code PartPlaces}.
 *   <li>Signs of distilled models: {@code Distillation}.
 * </ul>
 */
@NullMarked
package dev.sdlora.families.checkpoint.transformer;

import org.jspecify.annotations.NullMarked;
