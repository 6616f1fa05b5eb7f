package dev.sdlora.demo.scratch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.training.step.AdamW;
import dev.sdlora.training.step.MovingAverage;
import dev.sdlora.training.step.StateFile;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** The weights of a network in training from scratch, with everything that a resumed run needs. */
final class ScratchWeights {
  /** The rate at which the running average follows the weights in each step. */
  private static final double AVERAGING = 0.0015;

  private static final String STEP = "step";

  private final Map<String, NDArray> weights = new LinkedHashMap<>();
  private final AdamW optimiser;
  private final MovingAverage average;
  private int step;

  ScratchWeights(Torch torch, Map<String, List<Long>> shapes, AdamW.Settings settings, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    shapes.forEach(
        (name, list) -> {
          Shape shape = new Shape(list);
          float[] values = start(name, shape, random);
          if (name.equals("quant_conv.bias")) {
            // Latents start with little noise, because otherwise nothing gets through.
            Arrays.fill(values, values.length / 2, values.length, -6);
          }
          NDArray weight = Torch.floats(torch.manager(), values, shape.getShape());
          weight.setRequiresGradient(true);
          weights.put(name, weight);
        });
    this.optimiser = new AdamW(torch, weights, settings);
    this.average = new MovingAverage(torch, weights);
  }

  /**
   * Returns initial values. Gains are 1, biases 0; matrices preserve the variance of their input.
   * The last layer of a residual branch starts at zero, so that every block starts as the identity.
   */
  private static float[] start(String name, Shape shape, RandomGenerator random) {
    float[] values = new float[Math.toIntExact(shape.size())];
    if (shape.dimension() == 1) {
      Arrays.fill(values, name.endsWith(".weight") ? 1 : 0);
    } else if (!endsBranch(name)) {
      double deviation = deviation(name, shape);
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (random.nextGaussian() * deviation);
      }
    }
    return values;
  }

  private static double deviation(String name, Shape shape) {
    if (name.endsWith("token_embedding.weight")) {
      return 0.1;
    } else if (name.endsWith("position_embedding.weight")) {
      return 0.02;
    }
    return 1 / Math.sqrt((double) shape.size() / shape.get(0));
  }

  private static boolean endsBranch(String name) {
    return name.endsWith(".conv2.weight")
        || name.endsWith(".proj_out.weight")
        || name.endsWith("out_proj.weight")
        || name.endsWith(".fc2.weight")
        || name.equals("conv_out.weight");
  }

  /** Starts from the weights of a trained network instead of random ones. */
  void startFrom(Map<String, float[]> trained) {
    weights.forEach(
        (name, weight) -> {
          float[] values = trained.get(name);
          if (values == null) {
            throw new IllegalArgumentException("no values for weight " + name);
          }
          weight.set(FloatBuffer.wrap(values));
          Objects.requireNonNull(averages().get(name)).set(FloatBuffer.wrap(values));
        });
  }

  /** Returns a network's program with an additional method for a loss and its gradients. */
  static Program program(
      Torch torch, List<Program.Source> methods, List<Program.Source> functions, String loss) {
    return Program.load(
        torch,
        Program.Source.join(List.of(methods, Program.Source.beside(AdamW.class, loss))),
        Program.Source.join(
            List.of(functions, Program.Source.beside(AdamW.class, "gradients.torchscript.py"))));
  }

  Map<String, NDArray> weights() {
    return weights;
  }

  /**
   * Returns the running averages of the weights, which make better networks than the weights
   * themselves.
   */
  Map<String, NDArray> averages() {
    return average.averages();
  }

  Map<String, float[]> result() {
    Map<String, float[]> result = new LinkedHashMap<>();
    averages().forEach((name, tensor) -> result.put(name, tensor.toFloatArray()));
    return result;
  }

  int step() {
    return step;
  }

  /** Updates the weights; returns the norm of the gradient. */
  double update(Map<String, NDArray> gradients, double learningRate) {
    double norm = optimiser.step(gradients, learningRate);
    step++;
    // Early on, the average would retain the random start.
    average.follow(Math.max(AVERAGING, 1.0 / (step + 1)));
    return norm;
  }

  void save(Path path) {
    StateFile.write(path, state(), Map.of(STEP, Integer.toString(step)));
  }

  void resume(Path path) {
    step = Integer.parseInt(StateFile.read(path, state()).getOrDefault(STEP, "0"));
  }

  private Map<String, NDArray> state() {
    Map<String, NDArray> state = new LinkedHashMap<>(optimiser.state());
    weights.forEach((name, tensor) -> state.put("weight." + name, tensor));
    averages().forEach((name, tensor) -> state.put("average." + name, tensor));
    return state;
  }
}
