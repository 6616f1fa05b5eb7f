package dev.sdlora.demo.scratch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.training.step.AdamW;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Trains a {@link Classifier} from scratch. Not safe for use by several threads. */
public final class ClassifierTrainer implements AutoCloseable {
  private final Torch torch = Torch.open("cpu");
  private final ClassifierConfig config;
  private final Program program;
  private final ScratchWeights weights;
  private final NDArray layers;

  /**
   * Creates a trainer at its start.
   *
   * @param seed the seed of the initial weights
   */
  public ClassifierTrainer(ClassifierConfig config, long seed) {
    this.config = config;
    this.program = program(torch);
    this.weights =
        new ScratchWeights(torch, config.weights(), new AdamW.Settings(0.99, 0.01, 1), seed);
    this.layers = torch.manager().create(new int[] {config.layers()});
  }

  static Program program(Torch torch) {
    return Program.load(
        torch,
        Program.Source.beside(ClassifierTrainer.class, "classifier.torchscript.py"),
        Program.Source.beside(AdamW.class, "gradients.torchscript.py"));
  }

  /** Returns the number of completed steps. */
  public int step() {
    return weights.step();
  }

  /**
   * Runs a step.
   *
   * @param pixels [image][3][side][side], -1 to 1
   * @param classes the class of each image
   * @param learningRate the learning rate of this step
   * @return the loss, the cross entropy
   */
  public double step(float[] pixels, int[] classes, double learningRate) {
    try (NDManager scope = torch.scope()) {
      long[] wanted = Arrays.stream(classes).asLongStream().toArray();
      Map<String, NDArray> gradients =
          program
              .record("classify")
              .tensor(Torch.floats(scope, pixels, classes.length, 3, config.side(), config.side()))
              .tensor(scope.create(wanted))
              .tensors(weights.weights())
              .tensor(layers)
              .run(scope);
      double loss = Objects.requireNonNull(gradients.get("loss")).getFloat();
      weights.update(gradients, learningRate);
      return loss;
    }
  }

  /**
   * Writes the weights for {@link Classifier#open}. These are the latest weights, not their
   * average, in which so short a training would leave too much of its beginning.
   *
   * @param about the metadata of the file
   */
  public void write(Path path, Map<String, String> about) {
    SafetensorsWriter writer = new SafetensorsWriter();
    about.forEach(writer::metadata);
    weights
        .weights()
        .forEach(
            (name, tensor) -> {
              List<Long> shape = Arrays.stream(tensor.getShape().getShape()).boxed().toList();
              writer.tensor(name, shape, tensor.toFloatArray(), DType.F32);
            });
    writer.write(path);
  }

  @Override
  public void close() {
    torch.close();
  }
}
