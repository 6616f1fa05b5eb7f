package dev.sdlora.training.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.Torch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Lion (Chen et al. 2023, algorithm 2): each step changes a weight by the learning rate, in the
 * direction of the sign of an average of its gradients. Weight decay is decoupled.
 */
public final class Lion implements Optimiser {
  private final Torch torch;
  private final Program program;
  private final double beta1;
  private final double beta2;
  private final double weightDecay;
  private final WeightGroups weights;
  private final Map<String, NDArray> first;

  /**
   * Creates an optimiser in its initial state.
   *
   * @param groups the weights that it changes, float32
   * @param beta1 the share of the average in the direction, usually 0.9
   * @param beta2 the decay rate of the average, usually 0.99
   * @param weightDecay the share of each weight that a step subtracts, multiplied by the learning
   *     rate
   */
  public Lion(
      Torch torch,
      List<Map<String, NDArray>> groups,
      double beta1,
      double beta2,
      double weightDecay) {
    this.torch = torch;
    this.program = Program.load(torch, Lion.class, "lion.torchscript.py");
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.weightDecay = weightDecay;
    this.weights = WeightGroups.of(groups);
    this.first = weights.derive(weight -> torch.manager().zeros(weight.getShape()));
  }

  @Override
  public void update(int step, Map<String, NDArray> gradients, double[] rates, double factor) {
    try (NDManager scope = torch.scope()) {
      program
          .call("step")
          .list(weights.weights())
          .list(weights.inOrder(gradients))
          .list(weights.inOrder(first))
          .numbers(weights.rates(rates))
          .numbers(beta1, beta2, weightDecay, factor)
          .run(scope);
    }
  }

  @Override
  public Map<String, NDArray> state() {
    Map<String, NDArray> state = new LinkedHashMap<>();
    WeightGroups.put(state, "first.", first);
    return state;
  }
}
