package dev.sdlora.families.checkpoint.transformer;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.families.checkpoint.stored.NetworkWeights;
import dev.sdlora.families.checkpoint.transformer.StoredNetwork.Place;
import dev.sdlora.families.transformer.T5Config;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The tensors of T5-XXL's encoder, with transformers' names: {@code shared}, {@code
 * encoder.block.N}, {@code encoder.final_layer_norm}. A decoder is never read.
 */
public final class T5Tensors {
  /** The file names in ComfyUI's folder, the usual one first. */
  static final List<String> FILES =
      List.of(
          "t5xxl_fp16.safetensors",
          "t5xxl_bf16.safetensors",
          "t5xxl_fp8_e4m3fn_scaled.safetensors",
          "t5xxl_fp8_e4m3fn.safetensors",
          "t5xxl.safetensors");

  /** The repository of the usual file on Hugging Face. */
  public static final String REPOSITORY = "comfyanonymous/flux_text_encoders";

  private static final String BLOCK = "encoder.block.";
  private static final String ATTENTION = ".layer.0.SelfAttention.";
  private static final String MLP = ".layer.1.DenseReluDense.";
  private static final String BIAS = "relative_attention_bias.weight";

  /** Its first group is the prefix. */
  private static final Pattern SIGN =
      Pattern.compile("(|.*\\.)encoder\\.block\\.0\\.layer\\.0\\.SelfAttention\\.q\\.weight");

  private T5Tensors() {}

  /** Returns the prefix of its names in a file; empty if there is no T5. */
  static Optional<String> prefix(NetworkWeights weights) {
    List<String> prefixes = EncoderSigns.prefixes(weights, SIGN);
    return prefixes.stream()
        .filter(prefix -> prefix.contains("t5xxl"))
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
        prefix(weights).orElseThrow(() -> refused(weights, EncoderSigns.describe(weights)));
    if (weights.find(prefix + BLOCK + "0" + MLP + "wi.weight").isPresent()) {
      throw refused(weights, "is T5 of version 1.0, whose MLPs have no gates");
    }
    if (weights.find(prefix + BLOCK + "1" + ATTENTION + BIAS).isPresent()) {
      throw refused(weights, "is UMT5, which Wan reads");
    }
    return new StoredNetwork(weights, prefix, "text encoder T5", T5Tensors::places, false);
  }

  private static CheckpointException refused(NetworkWeights weights, String what) {
    return new CheckpointException(
        "text encoder '%s' %s; expected T5-XXL of version 1.1, with tensors such as '%s'"
            .formatted(weights.path(), what, BLOCK + "0" + MLP + "wi_0.weight"),
        ErrorDetails.in(weights.path()));
  }

  private static List<Place> places(String name) {
    return name.equals("shared.weight")
        ? List.of(Place.whole(name), Place.whole("encoder.embed_tokens.weight"))
        : List.of(Place.whole(name));
  }

  /** Returns the names and shapes of its weights. */
  static Map<String, List<Long>> wanted(StoredNetwork network) {
    String first = BLOCK + "0";
    int heads = size(network, 1, first + ATTENTION + BIAS);
    int all =
        size(
            network,
            0,
            first + ATTENTION + "q.weight",
            first + ATTENTION + "k.weight",
            first + ATTENTION + "v.weight");
    T5Config config =
        new T5Config(
            Math.toIntExact(width(network)),
            heads,
            Math.max(1, all / heads),
            size(network, 0, first + MLP + "wi_0.weight", first + MLP + "wi_1.weight"),
            network.blocks("encoder\\.block\\.(\\d+)\\."),
            size(network, 0, "shared.weight"),
            size(network, 0, first + ATTENTION + BIAS));
    return config.weights();
  }

  private static int size(StoredNetwork network, int dimension, String... candidates) {
    return Math.toIntExact(network.common(dimension, candidates));
  }

  private static long width(StoredNetwork network) {
    return network.common(
        0,
        "encoder.final_layer_norm.weight",
        BLOCK + "0.layer.0.layer_norm.weight",
        BLOCK + "0.layer.1.layer_norm.weight");
  }

  /**
   * Checks that a transformer reads the states of this encoder.
   *
   * @param transformer the transformer's file
   * @param context the width of the text that it reads
   */
  static void requireFitting(StoredNetwork network, Path transformer, long context) {
    long width = width(network);
    if (width != context) {
      throw new CheckpointException(
          "text encoder '%s' has states of width %s, expected %s for the transformer '%s'; it is probably T5 of another size than XXL"
              .formatted(network.weights().path(), width, context, transformer),
          ErrorDetails.in(network.weights().path()));
    }
  }
}
