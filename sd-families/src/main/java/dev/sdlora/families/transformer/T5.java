package dev.sdlora.families.transformer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.families.network.AdaptableNetwork;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Packing;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The encoder of T5 version 1.1 (Raffel et al. 2020, "Exploring the Limits of Transfer Learning
 * with a Unified Text-to-Text Transformer"): attention without scaling, whose scores depend on the
 * distance of two tokens, and gated MLPs. Its inner values exceed float16, so weights should be
 * bfloat16 or float32.
 */
public final class T5 implements AdaptableNetwork {
  /** The TorchScript source of its methods. */
  public static final List<Program.Source> METHODS =
      Program.Source.beside(T5.class, "t5.torchscript.py");

  /** The number of tokens for which weights are packed: a full prompt of FLUX.1. */
  private static final int TOKENS = 512;

  private final Program program;
  private final T5Config config;
  private final LiveWeights weights;
  private final Supplier<TensorDict> dict;

  /** Creates an encoder; the weights are not closed with it. */
  public T5(Torch torch, T5Config config, LiveWeights weights) {
    this(
        Program.load(
            torch,
            METHODS,
            TransformerPrograms.functions(
                weights, Program.Source.beside(T5.class, "t5_parts.torchscript.py"))),
        config,
        weights,
        weights::dict);
  }

  private T5(Program program, T5Config config, LiveWeights weights, Supplier<TensorDict> dict) {
    this.program = program;
    this.config = config;
    this.weights = weights;
    this.dict = dict;
  }

  /**
   * Returns the packed layouts of the weights, by name; use them if they are {@linkplain
   * TransformerPacking#isFaster faster}.
   */
  public static Map<String, Packing> packings(T5Config config) {
    Map<String, Packing> packings = new LinkedHashMap<>();
    config
        .weights()
        .forEach(
            (name, shape) -> {
              if (name.matches(".*\\.(?:SelfAttention\\.[qkvo]|DenseReluDense\\.w\\w+)\\.weight")) {
                packings.put(name, new Packing.Linear(TOKENS));
              }
            });
    return packings;
  }

  @Override
  public T5 reading(Supplier<TensorDict> other) {
    return new T5(program, config, weights, other);
  }

  /** The dimensions of the encoder. */
  public T5Config config() {
    return config;
  }

  @Override
  public LiveWeights weights() {
    return weights;
  }

  /**
   * Encodes a token sequence. All tokens read the first ones; none reads those after them.
   *
   * @param ids the tokens and any padding after them, each id below the size of the vocabulary
   * @param read the number of tokens that are read, 1 to the number of ids: all if padding is read,
   *     as by FLUX.1 and Stable Diffusion 3, those before the padding if not, as by Chroma
   * @param scope the manager that will own the result
   * @return the states after the last norm, float32 [1, tokens, width]
   * @throws IllegalArgumentException if the number or an id is outside its range
   */
  public NDArray states(int[] ids, int read, NDManager scope) {
    if (read < 1 || read > ids.length) {
      throw new IllegalArgumentException(
          "%s tokens of %s are read, expected 1 to %s".formatted(read, ids.length, ids.length));
    }
    if (Arrays.stream(ids).anyMatch(id -> id < 0 || id >= config.vocabulary())) {
      throw new IllegalArgumentException(
          "token ids %s to %s, expected ids from 0 to %s; likely a tokenizer of another model"
              .formatted(
                  Arrays.stream(ids).min().orElseThrow(),
                  Arrays.stream(ids).max().orElseThrow(),
                  config.vocabulary() - 1));
    }
    try (NDArray tokens = scope.create(Arrays.stream(ids).asLongStream().toArray())) {
      return program
          .call("states")
          .tensor(tokens)
          .tensors(dict.get())
          .integer(read)
          .integer(config.heads())
          .integer(config.layers())
          .run(scope);
    }
  }
}
