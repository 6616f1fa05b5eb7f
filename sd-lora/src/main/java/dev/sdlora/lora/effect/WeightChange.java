package dev.sdlora.lora.effect;

import ai.djl.ndarray.NDArray;
import dev.sdlora.tensors.weights.LowRank;
import org.jspecify.annotations.Nullable;

/**
 * The change that one module makes to a weight: a product of two factors or a whole tensor.
 *
 * @param product the factors; null if the change is a whole tensor
 * @param whole the tensor, float32, of the weight's shape; null if the change is a product
 */
record WeightChange(@Nullable LowRank product, @Nullable NDArray whole) {
  static WeightChange of(LowRank product) {
    return new WeightChange(product, null);
  }

  static WeightChange of(NDArray whole) {
    return new WeightChange(null, whole);
  }
}
