package dev.sdlora.demo.scratch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.pipeline.network.ClipConfig;
import dev.sdlora.pipeline.network.TextEncoder;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.training.step.AdamW;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Trains a text encoder from nothing to say what texts mean: a linear map of its states at the end
 * of a text must give numbers that describe it. That takes the place of CLIP's training on images
 * (Radford et al. 2021). A U-Net that learns together with its text encoder takes over whatever
 * lowers the error most, and the encoder soon drops all other words.
 *
 * <p>Not safe for several threads.
 */
public final class TextEncoderTrainer implements ScratchTrainer {
  private static final String ALL = "describe.";
  private static final String LOOK = "look.";
  private static final String CELL = "cell.";
  private static final List<String> MAPS = List.of(ALL, LOOK, CELL);

  private final Torch torch = Torch.open("cpu");
  private final Program program;
  private final ScratchWeights weights;
  private final SharedGradients shared;
  private final NDArray size;
  private final NDArray format;
  private final int numbers;
  private final int lookNumbers;
  private final int cells;
  private final int cellNumbers;

  /**
   * A text to learn from.
   *
   * @param ids token ids, 77
   * @param end where the text ends, its end token; the states from there on say all of it
   * @param description what the text says
   * @param nouns the nouns in it
   * @param cells what is where in its image: numbers of each cell, which the last states say one
   *     each, [cells][numbers]; a text must end before them
   */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares texts.
  public record Text(int[] ids, int end, float[] description, List<Named> nouns, float[] cells) {}

  /**
   * A noun of a text.
   *
   * @param at its last token, whose state says what the noun looks like
   * @param look numbers that are alike for things that look alike
   */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares nouns.
  public record Named(int at, float[] look) {}

  /**
   * A trainer at its start.
   *
   * @param config dimensions of the text encoder
   * @param numbers how many numbers describe a text; below the width, or they cannot all be kept
   * @param lookNumbers how many numbers describe what a noun looks like
   * @param cells how many cells an image has
   * @param cellNumbers how many numbers describe a cell
   * @param format what products are computed in: float32, or bfloat16, which is faster where it is
   *     built in
   * @param threads that share each batch
   * @param seed what the first weights are drawn from
   */
  public TextEncoderTrainer(
      ClipConfig config,
      int numbers,
      int lookNumbers,
      int cells,
      int cellNumbers,
      ScalarType format,
      int threads,
      long seed) {
    this.shared = new SharedGradients(threads);
    this.cells = cells;
    this.cellNumbers = cellNumbers;
    this.numbers = numbers;
    this.lookNumbers = lookNumbers;
    this.program =
        ScratchWeights.program(
            torch, TextEncoder.METHODS, TextEncoder.FUNCTIONS, "describe.torchscript.py");
    Map<String, List<Long>> shapes = new LinkedHashMap<>(config.weights());
    map(shapes, ALL, numbers, config.width());
    map(shapes, LOOK, lookNumbers, config.width());
    map(shapes, CELL, cellNumbers, config.width());
    this.weights = new ScratchWeights(torch, shapes, new AdamW.Settings(0.99, 0.01, 1), seed);
    this.size = torch.manager().create(new int[] {config.heads(), config.layers()});
    this.format = torch.manager().create(new int[] {format.code()});
  }

  private static void map(Map<String, List<Long>> shapes, String name, long out, long in) {
    shapes.put(name + "weight", List.of(out, in));
    shapes.put(name + "bias", List.of(out));
  }

  @Override
  public int step() {
    return weights.step();
  }

  /**
   * Makes a step.
   *
   * @param texts the batch
   * @param learningRate of this step
   * @return the loss, the mean squares of what descriptions and looks are off
   */
  public double step(List<Text> texts, double learningRate) {
    try (NDManager scope = torch.scope()) {
      Map<String, NDArray> gradients =
          shared.of(texts.size(), (from, to) -> gradients(texts.subList(from, to), scope));
      double loss = Objects.requireNonNull(gradients.get("loss")).getFloat();
      weights.update(gradients, learningRate);
      return loss;
    }
  }

  private Map<String, NDArray> gradients(List<Text> texts, NDManager scope) {
    int batch = texts.size();
    int length = texts.get(0).ids().length;
    float[] places = new float[batch * length];
    float[] target = new float[batch * numbers];
    float[] drawn = new float[batch * cells * cellNumbers];
    List<Integer> at = new ArrayList<>();
    List<float[]> looks = new ArrayList<>();
    for (int i = 0; i < batch; i++) {
      Text text = texts.get(i);
      int whole = Math.max(text.end() + 1, length - cells);
      Arrays.fill(places, i * length + text.end(), i * length + whole, 1f / (whole - text.end()));
      System.arraycopy(text.cells(), 0, drawn, i * cells * cellNumbers, cells * cellNumbers);
      System.arraycopy(text.description(), 0, target, i * numbers, numbers);
      for (Named noun : text.nouns()) {
        at.add(i * length + noun.at());
        looks.add(noun.look());
      }
    }
    int[][] ids = texts.stream().map(Text::ids).toArray(int[][]::new);
    return program
        .record("describe")
        .tensor(TextEncoder.tokens(ids, scope))
        .tensor(Torch.floats(scope, places, batch, length))
        .tensor(Torch.floats(scope, target, batch, numbers))
        .tensor(scope.create(at.stream().mapToLong(Integer::longValue).toArray()))
        .tensor(Torch.floats(scope, joined(looks), looks.size(), lookNumbers))
        .tensor(Torch.floats(scope, drawn, batch, cells, cellNumbers))
        .tensors(weights.weights())
        .tensor(size)
        .tensor(format)
        .run(scope);
  }

  /**
   * What texts say is where, by the averaged weights.
   *
   * @param ids token ids, [texts][77]
   * @return numbers of cells, [texts][cells][numbers]
   */
  public float[] cells(int[][] ids) {
    try (NDManager scope = torch.scope();
        TensorDict dict = TensorDict.of(weights.averages())) {
      return program
          .call("cells")
          .tensor(TextEncoder.tokens(ids, scope))
          .tensors(dict)
          .tensor(size)
          .tensor(format)
          .integer(cells)
          .run(scope)
          .toFloatArray();
    }
  }

  private float[] joined(List<float[]> looks) {
    float[] joined = new float[looks.size() * lookNumbers];
    for (int i = 0; i < looks.size(); i++) {
      System.arraycopy(looks.get(i), 0, joined, i * lookNumbers, lookNumbers);
    }
    return joined;
  }

  @Override
  public void save(Path path) {
    weights.save(path);
  }

  @Override
  public void resume(Path path) {
    weights.resume(path);
  }

  /** The averaged weights of the text encoder. */
  public Map<String, float[]> result() {
    Map<String, float[]> result = weights.result();
    result.keySet().removeIf(name -> MAPS.stream().anyMatch(name::startsWith));
    return result;
  }

  @Override
  public void close() {
    shared.close();
    torch.close();
  }
}
