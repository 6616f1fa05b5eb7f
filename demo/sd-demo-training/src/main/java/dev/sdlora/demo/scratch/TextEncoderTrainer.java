package dev.sdlora.demo.scratch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.families.network.TextEncoder;
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
 * Trains a text encoder from scratch to represent the meaning of texts: a linear map of its states
 * at the end of a text must predict numbers that describe it. This replaces CLIP's training on
 * images (Radford et al. 2021). A U-Net that is trained together with its text encoder uses
 * whatever reduces the error most, and the encoder soon ignores all other words.
 *
 * <p>Not safe for use by several threads.
 */
public final class TextEncoderTrainer implements ScratchTrainer {
  private static final String ALL = "describe.";
  private static final String APPEARANCE = "look.";
  private static final String CELL = "cell.";
  private static final List<String> MAPS = List.of(ALL, APPEARANCE, CELL);

  private final Torch torch = Torch.open("cpu");
  private final Program program;
  private final ScratchWeights weights;
  private final SharedGradients shared;
  private final NDArray size;
  private final NDArray format;
  private final int numbers;
  private final int appearanceNumbers;
  private final int cells;
  private final int cellNumbers;

  /**
   * A text to learn from.
   *
   * @param ids token ids, 77
   * @param end the position of its end token; the states from there on describe the whole text
   * @param description the meaning of the text
   * @param nouns the nouns in it
   * @param cells the layout of its image: the values of each cell, one per state at the end,
   *     [cells][numbers]; a text must end before them
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  public record Text(int[] ids, int end, float[] description, List<Named> nouns, float[] cells) {}

  /**
   * A noun of a text.
   *
   * @param at the position of its last token, whose state describes the noun's appearance
   * @param appearance numbers that are similar for things that look similar
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  public record Named(int at, float[] appearance) {}

  /**
   * Creates a trainer at its start.
   *
   * @param config the dimensions of the text encoder
   * @param numbers the number of values that describe a text; less than the width, or they cannot
   *     all be stored
   * @param appearanceNumbers the number of values that describe a noun's appearance
   * @param cells the number of cells of an image
   * @param cellNumbers the number of values that describe a cell
   * @param format the dtype of products: float32, or bfloat16, which is faster with hardware
   *     support
   * @param threads the number of threads that share each batch
   * @param seed the seed of the initial weights
   */
  public TextEncoderTrainer(
      ClipConfig config,
      int numbers,
      int appearanceNumbers,
      int cells,
      int cellNumbers,
      ScalarType format,
      int threads,
      long seed) {
    this.shared = new SharedGradients(threads);
    this.cells = cells;
    this.cellNumbers = cellNumbers;
    this.numbers = numbers;
    this.appearanceNumbers = appearanceNumbers;
    this.program =
        ScratchWeights.program(
            torch, TextEncoder.METHODS, TextEncoder.FUNCTIONS, "describe.torchscript.py");
    Map<String, List<Long>> shapes = new LinkedHashMap<>(config.weights());
    map(shapes, ALL, numbers, config.width());
    map(shapes, APPEARANCE, appearanceNumbers, config.width());
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
   * Runs a step.
   *
   * @param texts the batch
   * @param learningRate the learning rate of this step
   * @return the loss, the mean squared errors of descriptions and appearances
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
    List<float[]> appearances = new ArrayList<>();
    for (int i = 0; i < batch; i++) {
      Text text = texts.get(i);
      int whole = Math.max(text.end() + 1, length - cells);
      Arrays.fill(places, i * length + text.end(), i * length + whole, 1f / (whole - text.end()));
      System.arraycopy(text.cells(), 0, drawn, i * cells * cellNumbers, cells * cellNumbers);
      System.arraycopy(text.description(), 0, target, i * numbers, numbers);
      for (Named noun : text.nouns()) {
        at.add(i * length + noun.at());
        appearances.add(noun.appearance());
      }
    }
    int[][] ids = texts.stream().map(Text::ids).toArray(int[][]::new);
    return program
        .record("describe")
        .tensor(TextEncoder.tokens(ids, scope))
        .tensor(Torch.floats(scope, places, batch, length))
        .tensor(Torch.floats(scope, target, batch, numbers))
        .tensor(scope.create(at.stream().mapToLong(Integer::longValue).toArray()))
        .tensor(Torch.floats(scope, joined(appearances), appearances.size(), appearanceNumbers))
        .tensor(Torch.floats(scope, drawn, batch, cells, cellNumbers))
        .tensors(weights.weights())
        .tensor(size)
        .tensor(format)
        .run(scope);
  }

  /**
   * Returns the layouts that texts describe, by the averaged weights.
   *
   * @param ids token ids, [texts][77]
   * @return the values of cells, [texts][cells][numbers]
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

  private float[] joined(List<float[]> appearances) {
    float[] joined = new float[appearances.size() * appearanceNumbers];
    for (int i = 0; i < appearances.size(); i++) {
      System.arraycopy(appearances.get(i), 0, joined, i * appearanceNumbers, appearanceNumbers);
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

  /** Returns the averaged weights of the text encoder. */
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
