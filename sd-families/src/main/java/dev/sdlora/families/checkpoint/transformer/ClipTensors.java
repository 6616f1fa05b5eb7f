package dev.sdlora.families.checkpoint.transformer;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.families.checkpoint.stored.NetworkWeights;
import dev.sdlora.families.checkpoint.transformer.StoredNetwork.Place;
import dev.sdlora.families.network.ClipConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The tensors of CLIP's text encoders, which are read together with T5, with transformers' names:
 * CLIP-L by OpenAI, and CLIP-G, which is OpenCLIP's bigG and has a projection.
 */
enum ClipTensors {
  /** CLIP-L, 768 wide. */
  L(ClipConfig.Kind.OPENAI, "CLIP-L", "clip_l", 768),
  /** CLIP-G, 1280 wide. */
  G(ClipConfig.Kind.OPEN_CLIP, "CLIP-G", "clip_g", 1280);

  private static final String TABLE = "text_model.embeddings.token_embedding.weight";
  private static final String PLACES = "text_model.embeddings.position_embedding.weight";
  private static final String PROJECTION = "text_projection.weight";
  private static final String FIRST = "text_model.encoder.layers.0.";

  /** Its first group is the prefix. */
  private static final Pattern SIGN =
      Pattern.compile("(|.*\\.)text_model\\.encoder\\.layers\\.0\\.layer_norm1\\.weight");

  private final ClipConfig.Kind kind;
  private final String label;
  private final String key;
  private final long fullWidth;

  ClipTensors(ClipConfig.Kind kind, String label, String key, long fullWidth) {
    this.kind = kind;
    this.label = label;
    this.key = key;
    this.fullWidth = fullWidth;
  }

  /** Returns the origin of its training. */
  ClipConfig.Kind kind() {
    return kind;
  }

  /** Returns the file name in ComfyUI's folder. */
  String file() {
    return key + ".safetensors";
  }

  /** Returns the prefix of its names in a file; empty if the file has no such encoder. */
  Optional<String> prefix(NetworkWeights weights) {
    ClipTensors other = this == L ? G : L;
    List<String> prefixes =
        EncoderSigns.prefixes(weights, SIGN).stream()
            .filter(prefix -> !prefix.contains(other.key))
            .filter(prefix -> !other.isFullSize(weights, prefix))
            .toList();
    return prefixes.stream()
        .filter(prefix -> prefix.contains(key))
        .findFirst()
        .or(() -> prefixes.stream().findFirst());
  }

  private boolean isFullSize(NetworkWeights weights, String prefix) {
    return weights
        .find(prefix + FIRST + "layer_norm1.weight")
        .filter(entry -> entry.shape().equals(List.of(fullWidth)))
        .isPresent();
  }

  /**
   * Finds the encoder in a file or folder.
   *
   * @throws CheckpointException if it is something else; the message says what
   */
  StoredNetwork in(NetworkWeights weights) {
    String prefix =
        prefix(weights)
            .orElseThrow(
                () ->
                    new CheckpointException(
                        "text encoder '%s' %s; expected %s, with tensors such as '%s' of width %s"
                            .formatted(
                                weights.path(),
                                EncoderSigns.describe(weights),
                                label,
                                FIRST + "layer_norm1.weight",
                                fullWidth),
                        ErrorDetails.in(weights.path())));
    return new StoredNetwork(
        weights, prefix, "text encoder " + label, name -> List.of(Place.whole(name)), false);
  }

  /** Returns the names and shapes of its weights. */
  Map<String, List<Long>> wanted(StoredNetwork network) {
    int width =
        size(
            network,
            0,
            "text_model.final_layer_norm.weight",
            FIRST + "layer_norm1.weight",
            FIRST + "layer_norm2.weight");
    return new ClipConfig(
            width,
            network.blocks("text_model\\.encoder\\.layers\\.(\\d+)\\."),
            1,
            size(network, 0, FIRST + "mlp.fc1.bias", FIRST + "mlp.fc1.weight"),
            size(network, 0, TABLE),
            size(network, 0, PLACES),
            kind,
            ClipConfig.Reading.PENULTIMATE,
            this == G ? size(network, 0, PROJECTION) : 0)
        .weights();
  }

  private static int size(StoredNetwork network, int dimension, String... candidates) {
    return Math.toIntExact(network.common(dimension, candidates));
  }
}
