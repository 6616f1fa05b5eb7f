package dev.sdlora.lora.effect;

import ai.djl.ndarray.NDArray;
import dev.sdlora.tensors.weights.LowRank;
import org.jspecify.annotations.Nullable;

/**
 * What one module adds to a weight: a product of two factors, or the whole.
 *
 * @param product the factors; null if it is whole
 * @param whole float32, of the weight's shape; null if it is a product
 */
record WeightChange(@Nullable LowRank product, @Nullable NDArray whole) {
  static WeightChange of(LowRank product) {
    return new WeightChange(product, null);
  }

  static WeightChange of(NDArray whole) {
    return new WeightChange(null, whole);
  }
}
