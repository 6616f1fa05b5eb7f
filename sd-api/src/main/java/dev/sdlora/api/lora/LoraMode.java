package dev.sdlora.api.lora;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.image.RegionMask;

/**
 * Modes of applying LoRAs, which differ in cost. Their images agree within a grey level in {@link
 * Precision#FLOAT32}; in {@link Precision#BFLOAT16} both are equally close to the float32 image,
 * and with few steps or high guidance they can differ visibly from each other.
 */
public enum LoraMode {
  /**
   * {@link #PATCHED} if no other request with another set of LoRAs (or with none) is currently
   * running or waiting for the weights, otherwise {@link #OVERLAY}. The default. With a {@link
   * Pipeline.Builder#concurrency concurrency} of 1 it always means {@link #PATCHED}, unless a LoRA
   * has a {@linkplain LoraAdapter#withMask(RegionMask) mask}.
   */
  AUTO,
  /**
   * The changes are added to the weights, which costs time once for each switch to another set and
   * nothing per step. Requests with the same set share the weights; a request with another set
   * waits until they are free. LoRAs with masks cannot be applied in this mode.
   */
  PATCHED,
  /**
   * The weights stay unchanged, and each layer adds the change of its output as it computes it,
   * which costs a little in each step. Requests with different sets run at the same time. Changes
   * that are not a product of two small matrices (DoRA, IA3, OFT, GLoRA, full differences, LoHa and
   * LoKr of high rank, changes of norms, biases and token embeddings) are patched, and wait for the
   * weights like {@link #PATCHED}.
   */
  OVERLAY
}
