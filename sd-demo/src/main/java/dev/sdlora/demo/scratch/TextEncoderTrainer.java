package dev.sdlora.demo.scratch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.pipeline.network.ClipConfig;
import dev.sdlora.pipeline.network.TextEncoder;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.training.step.AdamW;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Trains a text encoder from nothing to say what texts mean: a linear map of its states at the end
 * of a text must give numbers that describe it. That takes the place of CLIP's training on pictures
 * (Radford et al. 2021). A U-Net that learns together with its text encoder takes over whatever
 * lowers the error most, and the encoder soon drops all other words.
 *
 * <p>Not safe for several threads.
 */
public final class TextEncoderTrainer implements AutoCloseable {
  private static final String MAP = "describe.";

  private final Torch torch = Torch.open("cpu");
  private final Program program;
  private final ScratchWeights weights;
  private final NDArray size;

  /**
   * A trainer at its start.
   *
   * @param config dimensions of the text encoder
   * @param numbers how many numbers describe a text; below the width, or they cannot all be kept
   * @param seed what the first weights are drawn from
   */
  public TextEncoderTrainer(ClipConfig config, int numbers, long seed) {
    this.program =
        ScratchWeights.program(
            torch, TextEncoder.METHODS, TextEncoder.FUNCTIONS, "describe.torchscript.py");
    Map<String, List<Long>> shapes = new LinkedHashMap<>(config.weights());
    shapes.put(MAP + "weight", List.of((long) numbers, (long) config.width()));
    shapes.put(MAP + "bias", List.of((long) numbers));
    this.weights = new ScratchWeights(torch, shapes, new AdamW.Settings(0.99, 0.01, 1), seed);
    this.size = torch.manager().create(new int[] {config.heads(), config.layers()});
  }

  /** Steps done so far. */
  public int step() {
    return weights.step();
  }

  /**
   * Makes a step.
   *
   * @param ids token ids, [batch][77]
   * @param ends where each text ends, its end token; the states from there on describe it
   * @param descriptions [batch][numbers]
   * @param learningRate of this step
   * @return the loss, the mean square of what the numbers are off
   */
  public double step(int[][] ids, int[] ends, float[][] descriptions, double learningRate) {
    int batch = ids.length;
    int length = ids[0].length;
    int numbers = descriptions[0].length;
    float[] places = new float[batch * length];
    float[] target = new float[batch * numbers];
    for (int i = 0; i < batch; i++) {
      for (int j = 0; j < length; j++) {
        places[i * length + j] = j < ends[i] ? 0 : 1f / (length - ends[i]);
      }
      System.arraycopy(descriptions[i], 0, target, i * numbers, numbers);
    }
    try (NDManager scope = torch.scope()) {
      Map<String, NDArray> gradients =
          program
              .record("describe")
              .tensor(TextEncoder.tokens(ids, scope))
              .tensor(Torch.floats(scope, places, batch, length))
              .tensor(Torch.floats(scope, target, batch, numbers))
              .tensors(weights.weights())
              .tensor(size)
              .run(scope);
      double loss = Objects.requireNonNull(gradients.get("loss")).getFloat();
      weights.update(gradients, learningRate);
      return loss;
    }
  }

  /** Writes all that a resumed run needs. */
  public void save(Path path) {
    weights.save(path);
  }

  /** Goes on from what was saved. */
  public void resume(Path path) {
    weights.resume(path);
  }

  /** The averaged weights of the text encoder. */
  public Map<String, float[]> result() {
    Map<String, float[]> result = weights.result();
    result.keySet().removeIf(name -> name.startsWith(MAP));
    return result;
  }

  @Override
  public void close() {
    torch.close();
  }
}
