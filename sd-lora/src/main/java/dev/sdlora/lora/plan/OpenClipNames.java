package dev.sdlora.lora.plan;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Translates the layer names of a text encoder from transformers to OpenCLIP. OpenCLIP keeps the
 * query, key and value projections of an attention in one matrix, {@code attn.in_proj}.
 */
final class OpenClipNames {
  private static final Pattern LAYER =
      Pattern.compile("text_model\\.encoder\\.layers\\.(\\d+)\\.(.+)");

  private static final Map<String, String> PARTS =
      Map.of(
          "layer_norm1", "ln_1",
          "layer_norm2", "ln_2",
          "mlp.fc1", "mlp.c_fc",
          "mlp.fc2", "mlp.c_proj");

  private static final Map<String, String> OUTSIDE =
      Map.of(
          "text_model.final_layer_norm", "ln_final",
          "text_model.embeddings.token_embedding", "token_embedding",
          "text_model.embeddings.position_embedding", "positional_embedding");

  private static final String ATTENTION = "self_attn.";

  /** The end of the name of a projection that holds three layers. */
  static final String FUSED = ".in_proj";

  private OpenClipNames() {}

  /** The OpenCLIP name of a module; empty if it has none. */
  static Optional<String> name(String module) {
    Matcher layer = LAYER.matcher(module);
    if (!layer.matches()) {
      return Optional.ofNullable(OUTSIDE.get(module));
    }
    String part = layer.group(2);
    String name =
        part.startsWith(ATTENTION)
            ? "attn." + part.substring(ATTENTION.length())
            : PARTS.getOrDefault(part, part);
    return Optional.of("transformer.resblocks." + layer.group(1) + "." + name);
  }

  /**
   * The name of the projection that holds the layers of an attention, given the name of its query.
   */
  static Optional<String> fused(String query) {
    return query.endsWith(".self_attn.q_proj")
        ? name(query).map(name -> name.replace(".q_proj", FUSED))
        : Optional.empty();
  }
}
