package dev.sdlora.families.transformer;

import dev.sdlora.families.network.WeightList;
import java.util.List;
import java.util.Map;

/**
 * The dimensions of a Qwen3 language model (Yang et al. 2025), without its last norm and its head.
 *
 * @param width the size of a token's state
 * @param heads attention heads
 * @param keyHeads heads of keys and values, a divisor of the heads
 * @param headWidth channels of a head
 * @param inner width of the hidden layer in each layer's MLP
 * @param layers transformer layers
 * @param vocabulary rows of the token embedding
 * @param theta the base of the frequencies of rotary positions
 */
public record Qwen3Config(
    int width,
    int heads,
    int keyHeads,
    int headWidth,
    int inner,
    int layers,
    int vocabulary,
    double theta) {
  /** The base of the frequencies in every published model. */
  public static final double THETA = 1e6;

  private static final String LAYER = "model.layers.";

  /**
   * Returns the dimensions of a model with these weights.
   *
   * @param shapes the shapes of at least the layers from the first to the last that is read
   * @param theta {@code rope_theta} of the settings, {@link #THETA} if there are none
   * @throws IllegalArgumentException if a weight is missing, or shapes contradict each other
   */
  public static Qwen3Config of(Map<String, List<Long>> shapes, double theta) {
    WeightShapes weights = new WeightShapes("Qwen3", shapes);
    String attention = LAYER + "0.self_attn.";
    int headWidth = weights.side(attention + "q_norm.weight", 0);
    return new Qwen3Config(
        weights.side("model.embed_tokens.weight", 1),
        weights.parts(attention + "q_proj.weight", headWidth),
        weights.parts(attention + "k_proj.weight", headWidth),
        headWidth,
        weights.side(LAYER + "0.mlp.gate_proj.weight", 0),
        weights.count(LAYER, ".input_layernorm.weight"),
        weights.side("model.embed_tokens.weight", 0),
        theta);
  }

  /**
   * Returns the names and shapes of the embedding and the first layers.
   *
   * @param read the number of layers, at most all
   */
  public Map<String, List<Long>> weights(int read) {
    WeightList list = new WeightList();
    list.add("model.embed_tokens.weight", vocabulary, width);
    for (int i = 0; i < read; i++) {
      String layer = LAYER + i;
      long queries = (long) heads * headWidth;
      long keys = (long) keyHeads * headWidth;
      list.add(layer + ".input_layernorm.weight", width);
      list.add(layer + ".self_attn.q_proj.weight", queries, width);
      list.add(layer + ".self_attn.k_proj.weight", keys, width);
      list.add(layer + ".self_attn.v_proj.weight", keys, width);
      list.add(layer + ".self_attn.o_proj.weight", width, queries);
      list.add(layer + ".self_attn.q_norm.weight", headWidth);
      list.add(layer + ".self_attn.k_norm.weight", headWidth);
      list.add(layer + ".post_attention_layernorm.weight", width);
      list.add(layer + ".mlp.gate_proj.weight", inner, width);
      list.add(layer + ".mlp.up_proj.weight", inner, width);
      list.add(layer + ".mlp.down_proj.weight", width, inner);
    }
    return list.shapes();
  }
}
