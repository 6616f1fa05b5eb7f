package dev.sdlora.families.checkpoint.transformer;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.families.checkpoint.stored.NetworkWeights;
import dev.sdlora.families.checkpoint.transformer.StoredNetwork.Place;
import dev.sdlora.families.transformer.Qwen3Config;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The tensors of Qwen3, the text encoder, with transformers' names: {@code model.embed_tokens},
 * {@code model.layers.N}, {@code model.norm}. Its head is never read.
 */
final class Qwen3Tensors {
  /** Only Qwen3 has this norm; its first group is the prefix. */
  private static final Pattern SIGN =
      Pattern.compile("(|.*\\.)layers\\.\\d+\\.self_attn\\.q_norm\\.weight");

  private static final String MODEL = "model.";
  private static final String NORM = "model.norm.weight";

  /** Full-size models have this width and these layers. */
  static final long FULL_WIDTH = 2560;

  static final int FULL_LAYERS = 36;

  private Qwen3Tensors() {}

  /** Returns the prefix of its names in a file, which may end in {@code model.}; empty for none. */
  static Optional<String> prefix(NetworkWeights weights) {
    List<String> prefixes = EncoderSigns.prefixes(weights, SIGN);
    return prefixes.stream()
        .filter(prefix -> prefix.contains("qwen3_4b"))
        .findFirst()
        .or(() -> prefixes.stream().findFirst());
  }

  /**
   * Finds the encoder in a file or folder.
   *
   * @throws CheckpointException if it is something else; the message says what
   */
  static StoredNetwork in(NetworkWeights weights) {
    String prefix =
        prefix(weights)
            .orElseThrow(
                () ->
                    new CheckpointException(
                        "text encoder '%s' %s; expected Qwen3-4B, with tensors such as '%s'"
                            .formatted(
                                weights.path(),
                                EncoderSigns.describe(weights),
                                MODEL + "layers.0.self_attn.q_norm.weight"),
                        ErrorDetails.in(weights.path())));
    return new StoredNetwork(
        weights,
        prefix,
        "text encoder",
        name -> List.of(Place.whole(name.substring(MODEL.length()))),
        false);
  }

  /**
   * Returns the names and shapes of its weights.
   *
   * @param layers the number of layers that must be there
   */
  static Map<String, List<Long>> wanted(StoredNetwork network, int layers) {
    String first = "model.layers.0.";
    int width =
        size(
            network,
            NORM,
            first + "input_layernorm.weight",
            first + "post_attention_layernorm.weight");
    int head = size(network, first + "self_attn.q_norm.weight", first + "self_attn.k_norm.weight");
    int queries = size(network, first + "self_attn.q_proj.weight");
    int keys = size(network, first + "self_attn.k_proj.weight", first + "self_attn.v_proj.weight");
    int count = Math.max(layers, network.blocks("layers\\.(\\d+)\\."));
    Qwen3Config config =
        new Qwen3Config(
            width,
            Math.max(1, queries / head),
            Math.max(1, keys / head),
            head,
            size(network, first + "mlp.gate_proj.weight", first + "mlp.up_proj.weight"),
            count,
            size(network, "model.embed_tokens.weight"),
            Qwen3Config.THETA);
    Map<String, List<Long>> weights = new LinkedHashMap<>(config.weights(count));
    if (network.has(NORM)) {
      weights.put(NORM, List.of((long) width));
    }
    return weights;
  }

  /** Returns the number of rows on which most of some weights agree. */
  private static int size(StoredNetwork network, String... candidates) {
    return Math.toIntExact(network.common(0, candidates));
  }

  /**
   * Checks that a transformer reads the states of this encoder.
   *
   * @param transformer the transformer's file
   * @param context the width of the text that it reads
   */
  static void requireFitting(
      StoredNetwork network, TransformerFamily family, Path transformer, long context) {
    long width =
        network.common(
            0,
            NORM,
            "model.layers.0.input_layernorm.weight",
            "model.layers.0.post_attention_layernorm.weight");
    if (width * family.states() != context) {
      throw new CheckpointException(
          "text encoder '%s' has states of width %s, expected %s for the transformer '%s'; it is probably Qwen3 of another size than 4B"
              .formatted(network.weights().path(), width, context / family.states(), transformer),
          ErrorDetails.in(network.weights().path()));
    }
  }
}
