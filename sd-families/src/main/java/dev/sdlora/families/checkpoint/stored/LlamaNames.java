package dev.sdlora.families.checkpoint.stored;

import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.file.TensorView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names that llama.cpp gives the tensors of language models, such as {@code
 * blk.0.attn_q.weight}, and those of transformers. Rows are in the same order in both for Qwen3 and
 * T5, unlike for Llama.
 */
public final class LlamaNames {
  private static final String EMBEDDING = "token_embd.weight";
  private static final String MODEL = "model.";

  private static final Pattern IN_LAYER = Pattern.compile("blk\\.(\\d+)\\.(\\w+)\\.(weight|bias)");

  private static final Map<String, String> OUTER =
      Map.of(
          EMBEDDING,
          MODEL + "embed_tokens.weight",
          "output_norm.weight",
          MODEL + "norm.weight",
          "output.weight",
          "lm_head.weight");

  private static final Map<String, String> LAYER =
      Map.ofEntries(
          Map.entry("attn_norm", "input_layernorm"),
          Map.entry("attn_q", "self_attn.q_proj"),
          Map.entry("attn_k", "self_attn.k_proj"),
          Map.entry("attn_v", "self_attn.v_proj"),
          Map.entry("attn_output", "self_attn.o_proj"),
          Map.entry("attn_q_norm", "self_attn.q_norm"),
          Map.entry("attn_k_norm", "self_attn.k_norm"),
          Map.entry("ffn_norm", "post_attention_layernorm"),
          Map.entry("ffn_gate", "mlp.gate_proj"),
          Map.entry("ffn_up", "mlp.up_proj"),
          Map.entry("ffn_down", "mlp.down_proj"));

  /** T5's encoder; a decoder has {@code dec.blk}. */
  private static final Pattern IN_BLOCK = Pattern.compile("enc\\.blk\\.(\\d+)\\.(\\w+)\\.weight");

  private static final Map<String, String> OUTER_T5 =
      Map.of(
          EMBEDDING, "shared.weight", "enc.output_norm.weight", "encoder.final_layer_norm.weight");

  private static final Map<String, String> BLOCK =
      Map.ofEntries(
          Map.entry("attn_norm", "0.layer_norm"),
          Map.entry("attn_q", "0.SelfAttention.q"),
          Map.entry("attn_k", "0.SelfAttention.k"),
          Map.entry("attn_v", "0.SelfAttention.v"),
          Map.entry("attn_o", "0.SelfAttention.o"),
          Map.entry("attn_rel_b", "0.SelfAttention.relative_attention_bias"),
          Map.entry("ffn_norm", "1.layer_norm"),
          Map.entry("ffn_gate", "1.DenseReluDense.wi_0"),
          Map.entry("ffn_up", "1.DenseReluDense.wi_1"),
          Map.entry("ffn_down", "1.DenseReluDense.wo"));

  private static final Pattern QWEN3_LAYER =
      Pattern.compile("(?:.*\\.)?layers\\.(\\d+)\\.([a-z_.]+)\\.(weight|bias)");
  private static final Pattern T5_LAYER =
      Pattern.compile("(?:.*\\.)?block\\.(\\d+)\\.layer\\.([01]\\.[\\w.]+)\\.weight");

  private LlamaNames() {}

  /** Returns llama.cpp's name for a tensor of Qwen3 with the name of transformers. */
  public static Optional<String> qwen3(String name) {
    Matcher layer = QWEN3_LAYER.matcher(name);
    if (layer.matches()) {
      return key(LAYER, layer.group(2))
          .map(module -> "blk." + layer.group(1) + "." + module + "." + layer.group(3));
    }
    return key(OUTER, name).or(() -> key(OUTER, MODEL + name));
  }

  /** Returns llama.cpp's name for a tensor of T5's encoder with the name of transformers. */
  public static Optional<String> t5(String name) {
    Matcher layer = T5_LAYER.matcher(name);
    if (layer.matches()) {
      return key(BLOCK, layer.group(2))
          .map(module -> "enc.blk." + layer.group(1) + "." + module + ".weight");
    }
    if (name.endsWith("shared.weight") || name.endsWith("encoder.embed_tokens.weight")) {
      return Optional.of(EMBEDDING);
    }
    return name.endsWith("final_layer_norm.weight")
        ? Optional.of("enc.output_norm.weight")
        : Optional.empty();
  }

  private static Optional<String> key(Map<String, String> map, String value) {
    return map.entrySet().stream()
        .filter(entry -> entry.getValue().equals(value))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /**
   * Returns the file with transformers' names in addition, if it has those of llama.cpp.
   *
   * @param file any file
   */
  static TensorFile named(TensorFile file) {
    if (file.find(EMBEDDING).isEmpty()) {
      return file;
    }
    boolean isT5 = file.tensors().keySet().stream().anyMatch(name -> name.startsWith("enc."));
    List<TensorView> views = new ArrayList<>();
    for (TensorEntry entry : file.tensors().values()) {
      Optional<String> known = isT5 ? t5Name(entry.name()) : name(entry.name());
      known.ifPresent(name -> views.add(TensorView.named(file, entry, name)));
    }
    return file.with(views);
  }

  private static Optional<String> t5Name(String stored) {
    Matcher block = IN_BLOCK.matcher(stored);
    if (block.matches()) {
      return Optional.ofNullable(BLOCK.get(block.group(2)))
          .map(module -> "encoder.block." + block.group(1) + ".layer." + module + ".weight");
    }
    return Optional.ofNullable(OUTER_T5.get(stored));
  }

  private static Optional<String> name(String stored) {
    Matcher layer = IN_LAYER.matcher(stored);
    if (layer.matches()) {
      return Optional.ofNullable(LAYER.get(layer.group(2)))
          .map(module -> MODEL + "layers." + layer.group(1) + "." + module + "." + layer.group(3));
    }
    return Optional.ofNullable(OUTER.get(stored));
  }
}
