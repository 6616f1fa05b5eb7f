package dev.sdlora.training.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.Torch;
import java.util.List;
import java.util.Map;

/** Adds gradients of batches, and measures their norm. */
public final class GradientSum {
  private final Torch torch;
  private final Program program;
  private final WeightGroups weights;

  /** Creates sums for some weights. */
  public GradientSum(Torch torch, Map<String, NDArray> weights) {
    this.torch = torch;
    this.program = Program.load(torch, GradientSum.class, "gradient_sum.torchscript.py");
    this.weights = WeightGroups.of(List.of(weights));
  }

  /** The norm of all gradients together; not finite if one of them is not. */
  public double norm(Map<String, NDArray> gradients) {
    try (NDManager scope = torch.scope()) {
      return program.call("norm").list(weights.inOrder(gradients)).run(scope).getFloat();
    }
  }

  /** Zeros in the shapes of the weights, by name, owned by a scope. */
  public Map<String, NDArray> zeros(NDManager scope) {
    return weights.derive(weight -> scope.zeros(weight.getShape()));
  }

  /** Adds gradients to sums, in place. */
  public void add(Map<String, NDArray> sums, Map<String, NDArray> gradients) {
    try (NDManager scope = torch.scope()) {
      program.call("add").list(weights.inOrder(sums)).list(weights.inOrder(gradients)).run(scope);
    }
  }
}
