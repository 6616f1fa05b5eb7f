package dev.sdlora.training.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.Torch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** AdamW (Loshchilov and Hutter 2019). */
public final class AdamW implements Optimiser {
  private static final double BETA1 = 0.9;
  private static final double EPSILON = 1e-8;

  private final Torch torch;
  private final Program program;
  private final Settings settings;
  private final List<WeightGroups> groups;
  private final GradientSum gradientSum;
  private final Map<String, NDArray> first;
  private final Map<String, NDArray> second;
  private final Map<String, NDArray> steps;

  /**
   * The settings that are the same for all steps.
   *
   * @param beta1 the decay rate of the average of gradients, usually 0.9
   * @param beta2 the decay rate of the average of squared gradients, usually 0.999
   * @param weightDecay the share of each weight that a step subtracts, multiplied by the learning
   *     rate
   * @param maxNorm the norm to which {@link #step} clips larger gradients
   */
  public record Settings(double beta1, double beta2, double weightDecay, double maxNorm) {
    /** Settings with the usual decay rate of the average of gradients. */
    public Settings(double beta2, double weightDecay, double maxNorm) {
      this(BETA1, beta2, weightDecay, maxNorm);
    }
  }

  /**
   * Creates an optimiser of one group in its initial state.
   *
   * @param weights the weights that it changes, float32
   */
  public AdamW(Torch torch, Map<String, NDArray> weights, Settings settings) {
    this(torch, List.of(weights), settings);
  }

  /**
   * Creates an optimiser in its initial state.
   *
   * @param groups the weights that it changes, float32
   */
  public AdamW(Torch torch, List<Map<String, NDArray>> groups, Settings settings) {
    this.torch = torch;
    this.program = Program.load(torch, AdamW.class, "adamw.torchscript.py");
    this.settings = settings;
    this.groups = groups.stream().map(group -> WeightGroups.of(List.of(group))).toList();
    WeightGroups weights = WeightGroups.of(groups);
    this.gradientSum = new GradientSum(torch, weights.all());
    this.first = weights.derive(weight -> torch.manager().zeros(weight.getShape()));
    this.second = weights.derive(weight -> torch.manager().zeros(weight.getShape()));
    this.steps = weights.derive(weight -> torch.manager().create(0f));
  }

  /**
   * Updates the weights of all groups at one learning rate, with gradient clipping.
   *
   * @param gradients the gradient of each weight
   * @param learningRate the learning rate of this step
   * @return the norm of all gradients before clipping; if it is not finite, the weights are
   *     unchanged
   */
  public double step(Map<String, NDArray> gradients, double learningRate) {
    double norm = gradientSum.norm(gradients);
    if (Double.isFinite(norm)) {
      groups.forEach(
          group -> update(group, gradients, learningRate, Math.min(1, settings.maxNorm() / norm)));
    }
    return norm;
  }

  @Override
  public void update(int step, Map<String, NDArray> gradients, double[] rates, double factor) {
    for (int i = 0; i < rates.length; i++) {
      update(groups.get(i), gradients, rates[i], factor);
    }
  }

  private void update(
      WeightGroups group, Map<String, NDArray> gradients, double rate, double factor) {
    try (NDManager scope = torch.scope()) {
      program
          .call("step")
          .list(group.weights())
          .list(group.inOrder(gradients))
          .list(group.inOrder(first))
          .list(group.inOrder(second))
          .list(group.inOrder(steps))
          .numbers(
              rate, settings.beta1(), settings.beta2(), settings.weightDecay(), EPSILON, factor)
          .run(scope);
    }
  }

  /** The averages of gradients and squared gradients and the number of steps, by name. */
  @Override
  public Map<String, NDArray> state() {
    Map<String, NDArray> state = new LinkedHashMap<>();
    WeightGroups.put(state, "first.", first);
    WeightGroups.put(state, "second.", second);
    WeightGroups.put(state, "steps.", steps);
    return state;
  }
}
