package dev.sdlora.demo.scratch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** A small convolutional network that classifies images. Not safe for use by several threads. */
public final class Classifier implements AutoCloseable {
  private final Torch torch = Torch.open("cpu");
  private final Program program = ClassifierTrainer.program(torch);
  private final ClassifierConfig config;
  private final TensorDict weights;

  private Classifier(ClassifierConfig config, TensorFile file) {
    this.config = config;
    Map<String, NDArray> tensors = new LinkedHashMap<>();
    try (TensorFile.Reader reader = file.reader()) {
      config
          .weights()
          .forEach(
              (name, list) -> {
                long[] shape = list.stream().mapToLong(Long::longValue).toArray();
                float[] values = reader.floats(file.find(name).orElseThrow());
                tensors.put(name, Torch.floats(torch.manager(), values, shape));
              });
    }
    this.weights = TensorDict.of(tensors);
  }

  /** Reads the weights that {@link ClassifierTrainer#write} wrote. */
  public static Classifier open(ClassifierConfig config, Path path) {
    return new Classifier(config, TensorFile.open(path));
  }

  /**
   * Returns the probability of each class.
   *
   * @param pixels [image][3][side][side], -1 to 1
   * @param images the number of images
   * @return [image][class]
   */
  public float[][] probabilities(float[] pixels, int images) {
    try (NDManager scope = torch.scope()) {
      float[] all =
          program
              .call("probabilities")
              .tensor(Torch.floats(scope, pixels, images, 3, config.side(), config.side()))
              .tensors(weights)
              .integer(config.layers())
              .run(scope)
              .toFloatArray();
      float[][] rows = new float[images][];
      Arrays.setAll(
          rows, i -> Arrays.copyOfRange(all, i * config.classes(), (i + 1) * config.classes()));
      return rows;
    }
  }

  @Override
  public void close() {
    weights.close();
    torch.close();
  }
}
