package dev.sdlora.training.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.Torch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adafactor (Shazeer and Stern 2018, algorithms 4 and 5) at a given learning rate, without
 * momentum: averages of squared gradients are kept only for rows and columns of the last two sides
 * of a weight. The decay rate of step t is 1 - t^-0.8, and updates are clipped to a root mean
 * square of 1. Weight decay is decoupled. These are the rules of transformers' optimiser with
 * {@code relative_step} and {@code scale_parameter} off.
 */
public final class Adafactor implements Optimiser {
  private static final double DECAY = -0.8;

  private final Torch torch;
  private final Program program;
  private final double weightDecay;
  private final WeightGroups weights;
  private final Map<String, NDArray> rows;
  private final Map<String, NDArray> columns;

  /**
   * Creates an optimiser in its initial state.
   *
   * @param groups the weights that it changes, float32
   * @param weightDecay the share of each weight that a step subtracts, multiplied by the learning
   *     rate
   */
  public Adafactor(Torch torch, List<Map<String, NDArray>> groups, double weightDecay) {
    this.torch = torch;
    this.program = Program.load(torch, Adafactor.class, "adafactor.torchscript.py");
    this.weightDecay = weightDecay;
    this.weights = WeightGroups.of(groups);
    this.rows = weights.derive(weight -> torch.manager().zeros(without(weight, 1)));
    this.columns = weights.derive(weight -> torch.manager().zeros(without(weight, 2)));
  }

  /** The shape of averages over a side, counted from the last; that of vectors has no sides. */
  private static Shape without(NDArray weight, int side) {
    long[] sides = weight.getShape().getShape().clone();
    if (sides.length > 1) {
      sides[sides.length - side] = 1;
    } else if (side > 1) {
      sides = new long[] {1};
    }
    return new Shape(sides);
  }

  @Override
  public void update(int step, Map<String, NDArray> gradients, double[] rates, double factor) {
    try (NDManager scope = torch.scope()) {
      program
          .call("step")
          .list(weights.weights())
          .list(weights.inOrder(gradients))
          .list(weights.inOrder(rows))
          .list(weights.inOrder(columns))
          .numbers(weights.rates(rates))
          .numbers(1 - Math.pow(step + 1.0, DECAY), weightDecay, factor)
          .run(scope);
    }
  }

  @Override
  public Map<String, NDArray> state() {
    Map<String, NDArray> state = new LinkedHashMap<>();
    WeightGroups.put(state, "rows.", rows);
    WeightGroups.put(state, "columns.", columns);
    return state;
  }
}
