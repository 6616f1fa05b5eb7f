package dev.sdlora.families.network.control;

import dev.sdlora.families.network.WeightList;
import java.util.List;
import java.util.Map;

/**
 * The dimensions of a ControlNet Union: a ControlNet that also reads the types of its control
 * images.
 *
 * @param base the ControlNet
 * @param types the number of types: 6, or 8 in ProMax
 * @param layers the transformer layers over the means of the control images
 * @param typeWidth the width of the sinusoids for each type
 */
public record ControlNetUnionConfig(ControlNetConfig base, int types, int layers, int typeWidth) {

  /** Returns the name of a transformer layer. */
  public static String layer(int index) {
    // The authors' spelling.
    return "transformer_layes." + index;
  }

  /** Returns the names and shapes of the weights that a ControlNet does not have. */
  public Map<String, List<Long>> unionWeights() {
    WeightList list = new WeightList();
    int width = base.unet().channels().get(0);
    list.add("task_embedding", types, width);
    for (int i = 0; i < layers; i++) {
      list.norm(layer(i) + ".ln_1", width);
      list.linear(layer(i) + ".attn.in_proj", width, 3L * width);
      list.linear(layer(i) + ".attn.out_proj", width, width);
      list.norm(layer(i) + ".ln_2", width);
      list.linear(layer(i) + ".mlp.c_fc", width, 4L * width);
      list.linear(layer(i) + ".mlp.c_proj", 4L * width, width);
    }
    list.linear("spatial_ch_projs", width, width);
    list.linear("control_add_embedding.linear_1", (long) types * typeWidth, 4L * width);
    list.linear("control_add_embedding.linear_2", 4L * width, 4L * width);
    return list.shapes();
  }

  /** Returns the names and shapes of all weights. */
  public Map<String, List<Long>> weights() {
    WeightList list = new WeightList();
    base.weights().forEach(list::add);
    unionWeights().forEach(list::add);
    return list.shapes();
  }
}
