package dev.sdlora.lora.format;

import dev.sdlora.tensors.file.TensorEntry;
import java.util.Optional;

/**
 * One layer's change in a LoRA file, {@code ΔW = alpha / rank · up · down}.
 *
 * @param key the name of the layer in the file
 * @param down [rank, in] of a linear layer, [rank, in, k, k] of a convolution
 * @param up [out, rank], or [out, rank, 1, 1]
 * @param alpha a single number; when missing, alpha is the rank
 */
public record LoraModule(
    String key, TensorEntry down, TensorEntry up, Optional<TensorEntry> alpha) {

  /** The number of columns of {@code up}. */
  public int rank() {
    return Math.toIntExact(down.shape().get(0));
  }
}
