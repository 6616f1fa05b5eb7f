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

/** The language model Qwen3 (Yang et al. 2025) as a text encoder, run up to any of its layers. */
public final class Qwen3 implements AdaptableNetwork {
  /** The TorchScript source of its methods. */
  public static final List<Program.Source> METHODS =
      Program.Source.beside(Qwen3.class, "qwen3.torchscript.py");

  /** The number of tokens for which weights are packed: a full prompt of FLUX.2. */
  private static final int TOKENS = 512;

  private final Program program;
  private final Qwen3Config config;
  private final LiveWeights weights;
  private final Supplier<TensorDict> dict;

  /** Creates an encoder; the weights are not closed with it. */
  public Qwen3(Torch torch, Qwen3Config config, LiveWeights weights) {
    this(
        Program.load(
            torch,
            METHODS,
            TransformerPrograms.functions(
                weights, Program.Source.beside(Qwen3.class, "qwen3_parts.torchscript.py"))),
        config,
        weights,
        weights::dict);
  }

  private Qwen3(
      Program program, Qwen3Config config, LiveWeights weights, Supplier<TensorDict> dict) {
    this.program = program;
    this.config = config;
    this.weights = weights;
    this.dict = dict;
  }

  /**
   * Returns the packed layouts of the weights, by name; use them if they are {@linkplain
   * TransformerPacking#isFaster faster}.
   *
   * @param read the number of layers that are read
   */
  public static Map<String, Packing> packings(Qwen3Config config, int read) {
    Map<String, Packing> packings = new LinkedHashMap<>();
    config
        .weights(read)
        .forEach(
            (name, shape) -> {
              if (name.endsWith("_proj.weight")) {
                packings.put(name, new Packing.Linear(TOKENS));
              }
            });
    return packings;
  }

  @Override
  public Qwen3 reading(Supplier<TensorDict> other) {
    return new Qwen3(program, config, weights, other);
  }

  /** The dimensions of the encoder. */
  public Qwen3Config config() {
    return config;
  }

  @Override
  public LiveWeights weights() {
    return weights;
  }

  /**
   * Encodes a token sequence. No token reads later ones or padding; padding reads all real tokens.
   *
   * @param ids the tokens and any padding after them, each id below the size of the vocabulary
   * @param realTokens the number of tokens before the padding, 1 to the number of ids
   * @param layers the states to return, as numbers of layers that have run: 0 for the embeddings, 1
   *     for the states after the first layer; at least one, each at most the number of layers in
   *     memory
   * @param scope the manager that will own the result
   * @return the states, which no final norm has changed, concatenated along channels in the order
   *     of {@code layers}: float32 [1, tokens, layers · width]
   * @throws IllegalArgumentException if the number of real tokens, an id, or a layer is outside its
   *     range
   */
  public NDArray states(int[] ids, int realTokens, List<Integer> layers, NDManager scope) {
    if (realTokens < 1 || realTokens > ids.length) {
      throw new IllegalArgumentException(
          "%s real tokens of %s, expected 1 to %s".formatted(realTokens, ids.length, ids.length));
    }
    if (layers.isEmpty()
        || layers.stream().anyMatch(layer -> layer < 0 || layer > config.layers())) {
      throw new IllegalArgumentException(
          "states after layers %s, expected at least one from 0 to %s"
              .formatted(layers, config.layers()));
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
          .integer(realTokens)
          .integer(config.heads())
          .integer(config.keyHeads())
          .number(config.theta())
          .integers(layers.stream().mapToLong(Integer::longValue).toArray())
          .run(scope);
    }
  }
}
