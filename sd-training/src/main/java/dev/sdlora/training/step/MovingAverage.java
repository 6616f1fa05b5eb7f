package dev.sdlora.training.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.Torch;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Running averages of weights (EMA), which start at the weights. They are in the owner's native
 * memory. Not safe for use by several threads.
 */
public final class MovingAverage {
  private final Torch torch;
  private final Program program;
  private final WeightGroups weights;
  private final Map<String, NDArray> averages;

  /** Starts averages of some weights, float32. */
  public MovingAverage(Torch torch, Map<String, NDArray> weights) {
    this.torch = torch;
    this.program = Program.load(torch, MovingAverage.class, "moving_average.torchscript.py");
    this.weights = WeightGroups.of(List.of(weights));
    this.averages = this.weights.derive(NDArray::duplicate);
  }

  /** The averages by name. */
  public Map<String, NDArray> averages() {
    return averages;
  }

  /** Moves the averages towards the weights by a share of the distance. */
  public void follow(double share) {
    try (NDManager scope = torch.scope()) {
      program
          .call("average")
          .list(weights.inOrder(averages))
          .list(weights.weights())
          .numbers(share)
          .run(scope);
    }
  }

  /** Runs a task while the weights have the values of their averages. */
  public <T> T inPlaceOfWeights(Supplier<T> task) {
    Map<String, float[]> own = new LinkedHashMap<>();
    weights.all().forEach((name, weight) -> own.put(name, weight.toFloatArray()));
    averages.forEach((name, average) -> set(name, average.toFloatArray()));
    try {
      return task.get();
    } finally {
      own.forEach(this::set);
    }
  }

  private void set(String name, float[] values) {
    Objects.requireNonNull(weights.all().get(name), name).set(FloatBuffer.wrap(values));
  }
}
