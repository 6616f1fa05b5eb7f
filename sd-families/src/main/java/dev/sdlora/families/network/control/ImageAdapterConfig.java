package dev.sdlora.families.network.control;

import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.families.network.WeightList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The dimensions of an IP-Adapter.
 *
 * @param projection turns the output of a vision encoder into tokens
 * @param imageWidth size of what it reads: of the pooled vector, or of a state
 * @param tokens tokens of an image; for {@link Projection#STATES} as many as the encoder has states
 * @param textWidth size of a token, that of a text encoder state
 * @param inner width of the resampler; 0 without one
 * @param heads attention heads of the resampler, 64 wide
 * @param depth layers of the resampler
 * @param layers channels of the U-Net's attention layers that read text, in the order of {@link
 *     #layersOf}
 */
public record ImageAdapterConfig(
    Projection projection,
    int imageWidth,
    int tokens,
    int textWidth,
    int inner,
    int heads,
    int depth,
    List<Integer> layers) {
  /** The width of an attention head in every published resampler. */
  public static final int HEAD_WIDTH = 64;

  private static final String KEYS = ".attn2.to_k.weight";

  /** Copies the list. */
  public ImageAdapterConfig {
    layers = List.copyOf(layers);
  }

  /** The layers between the vision encoder and the attention. */
  public enum Projection {
    /** A linear layer that makes a few tokens of the pooled vector. */
    POOLED,
    /** Two layers that make a token of each state, as in the full-face adapter. */
    STATES,
    /** A perceiver resampler that reads all states, as in Plus. */
    RESAMPLER
  }

  /** Whether the adapter reads the pooled vector, not the states. */
  public boolean readsPooled() {
    return projection == Projection.POOLED;
  }

  /**
   * Returns the attention layers of a U-Net that read text, in the order in which adapters number
   * them: down, up, middle.
   */
  public static List<String> layersOf(UNetConfig unet) {
    List<String> layers = new ArrayList<>();
    for (String part : List.of("down_blocks.", "up_blocks.", "mid_block.")) {
      for (String name : unet.weights().keySet()) {
        if (name.startsWith(part) && name.endsWith(KEYS)) {
          layers.add(name.substring(0, name.length() - ".to_k.weight".length()));
        }
      }
    }
    return layers;
  }

  /** Whether the adapter has keys and values for the layers of a U-Net. */
  public boolean fits(UNetConfig unet) {
    Map<String, List<Long>> shapes = unet.weights();
    List<Integer> widths =
        layersOf(unet).stream()
            .map(layer -> shapes.getOrDefault(layer + ".to_k.weight", List.of(0L)).get(0))
            .map(Long::intValue)
            .toList();
    return textWidth == unet.contextWidth() && layers.equals(widths);
  }

  /** Returns the names and shapes of all weights. */
  public Map<String, List<Long>> weights() {
    WeightList list = new WeightList();
    switch (projection) {
      case POOLED -> {
        list.linear("image_proj.proj", imageWidth, (long) tokens * textWidth);
        list.norm("image_proj.norm", textWidth);
      }
      case STATES -> {
        list.linear("image_proj.proj.0", imageWidth, inner);
        list.linear("image_proj.proj.2", inner, textWidth);
        list.norm("image_proj.proj.3", textWidth);
      }
      case RESAMPLER -> resampler(list);
    }
    for (int i = 0; i < layers.size(); i++) {
      String layer = "ip_adapter." + (2 * i + 1);
      list.matrix(layer + ".to_k_ip", textWidth, layers.get(i));
      list.matrix(layer + ".to_v_ip", textWidth, layers.get(i));
    }
    return list.shapes();
  }

  private void resampler(WeightList list) {
    list.add("image_proj.latents", 1, tokens, inner);
    list.linear("image_proj.proj_in", imageWidth, inner);
    long wide = (long) heads * HEAD_WIDTH;
    for (int i = 0; i < depth; i++) {
      String attention = "image_proj.layers." + i + ".0";
      list.norm(attention + ".norm1", inner);
      list.norm(attention + ".norm2", inner);
      list.matrix(attention + ".to_q", inner, wide);
      list.matrix(attention + ".to_kv", inner, 2 * wide);
      list.matrix(attention + ".to_out", wide, inner);
      String mlp = "image_proj.layers." + i + ".1";
      list.norm(mlp + ".0", inner);
      list.matrix(mlp + ".1", inner, 4L * inner);
      list.matrix(mlp + ".3", 4L * inner, inner);
    }
    list.linear("image_proj.proj_out", inner, textWidth);
    list.norm("image_proj.norm_out", textWidth);
  }
}
