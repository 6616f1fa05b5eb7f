package dev.sdlora.families.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.sdlora.prompt.tokens.TokenChunk;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** CLIP's text transformer (Radford et al. 2021), run up to any of its layers. */
public final class TextEncoder implements AdaptableNetwork {
  /** The TorchScript source of its methods. */
  public static final List<Program.Source> METHODS =
      Program.Source.beside(TextEncoder.class, "clip.torchscript.py");

  /** The TorchScript source of the functions that its methods call. */
  public static final List<Program.Source> FUNCTIONS =
      Program.Source.beside(
          TextEncoder.class,
          "products.torchscript.py",
          "weight.torchscript.py",
          "layers.torchscript.py",
          "clip_parts.torchscript.py");

  private final Program program;
  private final ClipConfig config;
  private final LiveWeights weights;
  private final Supplier<TensorDict> dict;

  /** Creates an encoder; the weights are not closed with it. */
  public TextEncoder(Torch torch, ClipConfig config, LiveWeights weights) {
    this(Program.load(torch, METHODS, functions(weights)), config, weights, weights::dict);
  }

  private TextEncoder(
      Program program, ClipConfig config, LiveWeights weights, Supplier<TensorDict> dict) {
    this.program = program;
    this.config = config;
    this.weights = weights;
    this.dict = dict;
  }

  private static List<Program.Source> functions(LiveWeights weights) {
    return Program.Source.join(
        List.of(
            Program.Source.beside(
                TextEncoder.class,
                "products.torchscript.py",
                "layers.torchscript.py",
                "clip_parts.torchscript.py"),
            WeightReading.of(weights)));
  }

  /**
   * Returns the same encoder with another dictionary, such as its weights together with LoRAs. The
   * dictionary must outlive the encoder.
   */
  public TextEncoder reading(TensorDict other) {
    return reading(() -> other);
  }

  @Override
  public TextEncoder reading(Supplier<TensorDict> other) {
    return new TextEncoder(program, config, weights, other);
  }

  /** The dimensions of the encoder. */
  public ClipConfig config() {
    return config;
  }

  @Override
  public LiveWeights weights() {
    return weights;
  }

  /**
   * Encoded token sequences.
   *
   * @param states float32 [batch, positions, width]
   * @param pooled the pooled embedding of each sequence, float32 [batch, projection]; empty if it
   *     is not used
   */
  public record Encoded(NDArray states, Optional<NDArray> pooled) implements AutoCloseable {
    @Override
    public void close() {
      states.close();
      pooled.ifPresent(NDArray::close);
    }
  }

  /**
   * Encodes token sequences.
   *
   * @param ids [batch][positions], each below the size of the vocabulary
   * @param skip 1 for the last layer, 2 for the one before it, and so on; the final norm does not
   *     depend on it
   * @param scope the manager that will own the result
   */
  public Encoded encode(int[][] ids, int skip, NDManager scope) {
    return encode(ids, TrainedRows.none(config.width()), skip, scope);
  }

  /**
   * Encodes chunks of a prompt, with the vectors of embeddings at their positions.
   *
   * @param encoder the index of this encoder in the checkpoint, from 0; embeddings have vectors for
   *     each
   * @param skip as in {@link #encode(int[][], int, NDManager)}
   * @param scope the manager that will own the result
   */
  public Encoded encode(List<TokenChunk> chunks, int encoder, int skip, NDManager scope) {
    int[][] ids = chunks.stream().map(config.kind()::ids).toArray(int[][]::new);
    return encode(ids, TrainedRows.of(chunks, encoder, config.width()), skip, scope);
  }

  private Encoded encode(int[][] ids, TrainedRows trained, int skip, NDManager scope) {
    try (NDArray tokens = tokens(ids, scope);
        NDArray vectors = trained.vectors(scope);
        NDArray rows = trained.rows(scope)) {
      Program.Call call =
          program.call("encode").tensor(tokens).tensor(vectors).tensor(rows).tensors(dict.get());
      config.arguments(skip).forEach(call::integer);
      List<NDArray> encoded = call.runForList(scope);
      return new Encoded(encoded.get(0), encoded.stream().skip(1).findFirst());
    }
  }

  /**
   * Returns token sequences as an input of the program.
   *
   * @param ids [batch][positions]
   * @param scope the manager that will own the result
   * @return int64 [batch, positions]
   */
  public static NDArray tokens(int[][] ids, NDManager scope) {
    int positions = ids[0].length;
    long[] flat = new long[ids.length * positions];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = ids[i / positions][i % positions];
    }
    return scope.create(flat, new Shape(ids.length, positions));
  }
}
