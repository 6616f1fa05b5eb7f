package dev.sdlora.training.step;

import ai.djl.ndarray.NDArray;
import java.util.Map;

/**
 * Changes weights by their gradients. The weights are in groups with a learning rate each. Its
 * state is in the owner's native memory. Not safe for use by several threads.
 */
public interface Optimiser {
  /**
   * Updates the weights.
   *
   * @param step the index of the step, from 0
   * @param gradients the gradient of each weight, finite
   * @param rates the learning rate of each group in this step
   * @param factor the factor on the gradients
   */
  void update(int step, Map<String, NDArray> gradients, double[] rates, double factor);

  /** All that later steps depend on, apart from the weights, by name; float32. */
  Map<String, NDArray> state();
}
