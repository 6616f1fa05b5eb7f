package dev.sdlora.training.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.Torch;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * AdamW (Loshchilov and Hutter 2019) over named weights, with gradient clipping. Its averages are
 * in the owner's native memory. Not safe for use by several threads.
 */
public final class AdamW {
  private static final double BETA1 = 0.9;
  private static final double EPSILON = 1e-8;

  private final Torch torch;
  private final Program program;
  private final Settings settings;
  private final Map<String, NDArray> weights;
  private final Map<String, NDArray> first = new LinkedHashMap<>();
  private final Map<String, NDArray> second = new LinkedHashMap<>();
  private final Map<String, NDArray> steps = new LinkedHashMap<>();

  /**
   * The settings that are the same for all steps.
   *
   * @param beta2 the decay rate of the average of squared gradients, usually 0.999
   * @param weightDecay the share of each weight that a step subtracts, multiplied by the learning
   *     rate
   * @param maxNorm the norm to which larger gradients are clipped
   */
  public record Settings(double beta2, double weightDecay, double maxNorm) {}

  /**
   * Creates an optimiser in its initial state.
   *
   * @param weights the weights that it changes, float32
   */
  public AdamW(Torch torch, Map<String, NDArray> weights, Settings settings) {
    this.torch = torch;
    this.program = Program.load(torch, AdamW.class, "adamw.torchscript.py");
    this.settings = settings;
    this.weights = new LinkedHashMap<>(weights);
    weights.forEach(
        (name, weight) -> {
          first.put(name, torch.manager().zeros(weight.getShape()));
          second.put(name, torch.manager().zeros(weight.getShape()));
          steps.put(name, torch.manager().create(0f));
        });
  }

  /**
   * Updates the weights.
   *
   * @param gradients the gradient of each weight
   * @param learningRate the learning rate of this step
   * @return the norm of all gradients before clipping; if it is not finite, the weights are
   *     unchanged
   */
  public double step(Map<String, NDArray> gradients, double learningRate) {
    double norm = norm(gradients);
    if (Double.isFinite(norm)) {
      update(gradients, learningRate, Math.min(1, settings.maxNorm() / norm));
    }
    return norm;
  }

  /** The norm of all gradients together; not finite if one of them is not. */
  public double norm(Map<String, NDArray> gradients) {
    try (NDManager scope = torch.scope()) {
      return program.call("norm").list(inOrder(gradients)).run(scope).getFloat();
    }
  }

  /**
   * Updates the weights, for callers that clip the gradients of several optimisers together.
   *
   * @param gradients the gradient of each weight, finite
   * @param learningRate the learning rate of this step
   * @param factor the factor on the gradients, at most 1
   */
  public void update(Map<String, NDArray> gradients, double learningRate, double factor) {
    try (NDManager scope = torch.scope()) {
      program
          .call("step")
          .list(inOrder(weights))
          .list(inOrder(gradients))
          .list(inOrder(first))
          .list(inOrder(second))
          .list(inOrder(steps))
          .numbers(learningRate, BETA1, settings.beta2(), settings.weightDecay(), EPSILON, factor)
          .run(scope);
    }
  }

  /**
   * Updates running averages of the weights, moving them towards the weights by a share of the
   * distance.
   */
  public void average(Map<String, NDArray> averages, double share) {
    try (NDManager scope = torch.scope()) {
      program
          .call("average")
          .list(inOrder(averages))
          .list(inOrder(weights))
          .numbers(share)
          .run(scope);
    }
  }

  /** The averages of gradients and squared gradients and the number of steps, by name. */
  public Map<String, NDArray> state() {
    Map<String, NDArray> state = new LinkedHashMap<>();
    first.forEach((name, tensor) -> state.put("first." + name, tensor));
    second.forEach((name, tensor) -> state.put("second." + name, tensor));
    steps.forEach((name, tensor) -> state.put("steps." + name, tensor));
    return state;
  }

  private NDArray[] inOrder(Map<String, NDArray> tensors) {
    return weights.keySet().stream().map(name -> find(tensors, name)).toArray(NDArray[]::new);
  }

  private static NDArray find(Map<String, NDArray> tensors, String name) {
    NDArray tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("no tensor for weight " + name);
    }
    return tensor;
  }
}
