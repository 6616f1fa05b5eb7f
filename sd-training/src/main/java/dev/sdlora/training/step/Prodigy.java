package dev.sdlora.training.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.Torch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Prodigy (Mishchenko and Defazio 2024), which estimates the learning rate from the distance that
 * weights have moved and their gradients; given rates are factors on the estimate. All groups share
 * one estimate, to which each contributes by its own rate. Without bias correction; weight decay is
 * decoupled. With one rate for all weights, these are the rules of the authors' optimiser with its
 * default settings.
 */
public final class Prodigy implements Optimiser {
  private static final double EPSILON = 1e-8;
  private static final float FIRST_ESTIMATE = 1e-6f;
  private static final String ESTIMATE = "estimate";

  private final Torch torch;
  private final Program program;
  private final Settings settings;
  private final WeightGroups weights;
  private final Map<String, NDArray> start;
  private final Map<String, NDArray> first;
  private final Map<String, NDArray> second;
  private final Map<String, NDArray> sums;
  private final NDArray estimate;

  /**
   * The settings that are the same for all steps.
   *
   * @param beta1 the decay rate of the average of gradients, usually 0.9
   * @param beta2 the decay rate of the average of squared gradients, usually 0.999
   * @param weightDecay the share of each weight that a step subtracts, multiplied by the learning
   *     rate
   * @param growth the factor on estimates, usually 1
   */
  public record Settings(double beta1, double beta2, double weightDecay, double growth) {}

  /**
   * Creates an optimiser in its initial state.
   *
   * @param groups the weights that it changes, float32; their values are those that distances are
   *     measured from
   */
  public Prodigy(Torch torch, List<Map<String, NDArray>> groups, Settings settings) {
    this.torch = torch;
    this.program = Program.load(torch, Prodigy.class, "prodigy.torchscript.py");
    this.settings = settings;
    this.weights = WeightGroups.of(groups);
    this.start = weights.derive(NDArray::duplicate);
    this.first = weights.derive(weight -> torch.manager().zeros(weight.getShape()));
    this.second = weights.derive(weight -> torch.manager().zeros(weight.getShape()));
    this.sums = weights.derive(weight -> torch.manager().zeros(weight.getShape()));
    this.estimate = Torch.floats(torch.manager(), new float[] {FIRST_ESTIMATE, 0}, 2);
  }

  @Override
  public void update(int step, Map<String, NDArray> gradients, double[] rates, double factor) {
    try (NDManager scope = torch.scope()) {
      program
          .call("step")
          .list(weights.weights())
          .list(weights.inOrder(gradients))
          .list(weights.inOrder(start))
          .list(weights.inOrder(first))
          .list(weights.inOrder(second))
          .list(weights.inOrder(sums))
          .tensor(estimate)
          .numbers(weights.rates(rates))
          .numbers(
              settings.beta1(),
              settings.beta2(),
              settings.weightDecay(),
              EPSILON,
              settings.growth(),
              FIRST_ESTIMATE,
              factor)
          .run(scope);
    }
  }

  @Override
  public Map<String, NDArray> state() {
    Map<String, NDArray> state = new LinkedHashMap<>();
    WeightGroups.put(state, "start.", start);
    WeightGroups.put(state, "first.", first);
    WeightGroups.put(state, "second.", second);
    WeightGroups.put(state, "sums.", sums);
    state.put(ESTIMATE, estimate);
    return state;
  }
}
