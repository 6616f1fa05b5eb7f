package dev.sdlora.pipeline.network;

import java.util.List;
import java.util.Map;

/**
 * The dimensions of a CLIP text encoder.
 *
 * @param width numbers in a token's state
 * @param layers transformer layers
 * @param heads attention heads, a divisor of the width
 * @param inner width inside the layers' two-layer networks
 * @param vocabulary rows of the token embedding
 * @param positions the longest sequence, 77 for every known model
 */
public record ClipConfig(
    int width, int layers, int heads, int inner, int vocabulary, int positions) {

  /** The names and shapes of all weights. */
  public Map<String, List<Long>> weights() {
    WeightList list = new WeightList();
    list.add("text_model.embeddings.token_embedding.weight", vocabulary, width);
    list.add("text_model.embeddings.position_embedding.weight", positions, width);
    for (int i = 0; i < layers; i++) {
      String layer = "text_model.encoder.layers." + i;
      list.norm(layer + ".layer_norm1", width);
      for (String part : List.of("q_proj", "k_proj", "v_proj", "out_proj")) {
        list.linear(layer + ".self_attn." + part, width, width);
      }
      list.norm(layer + ".layer_norm2", width);
      list.linear(layer + ".mlp.fc1", width, inner);
      list.linear(layer + ".mlp.fc2", inner, width);
    }
    list.norm("text_model.final_layer_norm", width);
    return list.shapes();
  }
}
