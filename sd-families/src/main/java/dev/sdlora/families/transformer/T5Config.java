package dev.sdlora.families.transformer;

import dev.sdlora.families.network.WeightList;
import java.util.List;
import java.util.Map;

/**
 * The dimensions of T5's encoder in version 1.1 (Raffel et al. 2020; Shazeer 2020).
 *
 * @param width the size of a token's state
 * @param heads attention heads
 * @param headWidth channels of a head
 * @param inner width of the hidden layer in each block's MLP
 * @param layers blocks
 * @param vocabulary rows of the token embedding
 * @param buckets rows of the attention bias: classes of distances between tokens, a multiple of 4
 */
public record T5Config(
    int width, int heads, int headWidth, int inner, int layers, int vocabulary, int buckets) {
  private static final String BLOCK = "encoder.block.";
  private static final String ATTENTION = ".layer.0.SelfAttention.";
  private static final String MLP = ".layer.1.DenseReluDense.";
  private static final String BIAS = BLOCK + "0" + ATTENTION + "relative_attention_bias.weight";

  /**
   * Returns the dimensions of an encoder with these weights.
   *
   * @throws IllegalArgumentException if a weight is missing, or shapes contradict each other
   */
  public static T5Config of(Map<String, List<Long>> shapes) {
    WeightShapes weights = new WeightShapes("T5", shapes);
    int heads = weights.side(BIAS, 1);
    int buckets = weights.side(BIAS, 0);
    if (buckets == 0 || buckets % 4 != 0) {
      throw new IllegalArgumentException(
          "weight '%s' of T5 has %s rows, expected a multiple of 4".formatted(BIAS, buckets));
    }
    String queries = BLOCK + "0" + ATTENTION + "q.weight";
    int inAll = weights.side(queries, 0);
    if (heads == 0 || inAll % heads != 0) {
      throw new IllegalArgumentException(
          "weight '%s' of T5 has %s rows, expected a multiple of the number of heads, %s"
              .formatted(queries, inAll, heads));
    }
    return new T5Config(
        weights.side("shared.weight", 1),
        heads,
        inAll / heads,
        weights.side(BLOCK + "0" + MLP + "wi_0.weight", 0),
        weights.count(BLOCK, ".layer.0.layer_norm.weight"),
        weights.side("shared.weight", 0),
        buckets);
  }

  /** Returns the names and shapes of all weights. */
  public Map<String, List<Long>> weights() {
    WeightList list = new WeightList();
    long all = (long) heads * headWidth;
    list.add("shared.weight", vocabulary, width);
    list.add(BIAS, buckets, heads);
    for (int i = 0; i < layers; i++) {
      String block = BLOCK + i;
      list.add(block + ".layer.0.layer_norm.weight", width);
      for (String projection : List.of("q", "k", "v")) {
        list.add(block + ATTENTION + projection + ".weight", all, width);
      }
      list.add(block + ATTENTION + "o.weight", width, all);
      list.add(block + ".layer.1.layer_norm.weight", width);
      list.add(block + MLP + "wi_0.weight", inner, width);
      list.add(block + MLP + "wi_1.weight", inner, width);
      list.add(block + MLP + "wo.weight", width, inner);
    }
    list.add("encoder.final_layer_norm.weight", width);
    return list.shapes();
  }
}
