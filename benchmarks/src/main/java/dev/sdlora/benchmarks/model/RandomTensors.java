package dev.sdlora.benchmarks.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.torch.Torch;
import java.util.Random;

/** Inputs of model calls. */
public final class RandomTensors {
  private RandomTensors() {}

  /** Creates a float32 tensor of normally distributed numbers. */
  public static NDArray normal(Random random, NDManager scope, long... shape) {
    int count = 1;
    for (long side : shape) {
      count *= (int) side;
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Torch.floats(scope, values, shape);
  }
}
