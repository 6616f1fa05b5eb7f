package dev.sdlora.api.lora;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.image.RegionMask;

/**
 * The way LoRAs are applied. Modes differ in cost. Their images agree within a grey level in {@link
 * Precision#FLOAT32}; in {@link Precision#BFLOAT16} both are equally near to the float32 image, and
 * with few steps or high guidance they can differ from each other visibly.
 */
public enum LoraMode {
  /**
   * {@link #PATCHED} when no other request with another set of LoRAs (or with none) is at work or
   * waiting for the weights at that moment, else {@link #OVERLAY}. The default. With a {@link
   * Pipeline.Builder#concurrency concurrency} of 1 it always means {@link #PATCHED}, unless a LoRA
   * has a {@linkplain LoraAdapter#withMask(RegionMask) mask}.
   */
  AUTO,
  /**
   * The changes are added to the weights, which costs once for each switch to another set and
   * nothing for each step. Requests with the same set share the weights; one with another set waits
   * until they are free. LoRAs with masks cannot be applied so.
   */
  PATCHED,
  /**
   * The weights stay as they are, and each layer adds the change of its output as it computes it,
   * which costs a little in each step. Requests with different sets run at the same time. What
   * cannot be computed so (all that is no product of two small matrices: DoRA, IA3, OFT, GLoRA,
   * full differences, LoHa and LoKr of high rank, changes of norms, biases and token embeddings) is
   * patched, and waits for the weights like {@link #PATCHED}.
   */
  OVERLAY
}
