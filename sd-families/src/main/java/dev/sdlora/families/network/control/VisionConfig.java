package dev.sdlora.families.network.control;

import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.families.network.WeightList;
import java.util.List;
import java.util.Map;

/**
 * The dimensions of a CLIP vision encoder.
 *
 * @param width size of a state; a multiple of {@link #HEADS}
 * @param layers transformer layers, at least 2
 * @param inner width of the hidden layer in each layer's MLP
 * @param patch side of the pixel squares that become states
 * @param positions the states of an image: the class token and a square of patches
 * @param projection size of the projected state of the class token
 */
public record VisionConfig(
    int width, int layers, int inner, int patch, int positions, int projection) {
  /** The attention heads of ViT-H/14 and ViT-bigG/14, which no tensor shows. */
  public static final int HEADS = 16;

  /** The side of the square images that the encoder reads, in pixels. */
  public int side() {
    return patch * (int) Math.round(Math.sqrt(positions - 1));
  }

  /** Returns the names and shapes of all weights. */
  public Map<String, List<Long>> weights() {
    WeightList list = new WeightList();
    String embeddings = "vision_model.embeddings.";
    list.add(embeddings + "class_embedding", width);
    list.add(embeddings + "patch_embedding.weight", width, 3, patch, patch);
    list.add(embeddings + "position_embedding.weight", positions, width);
    list.norm("vision_model.pre_layrnorm", width);
    ClipConfig.addLayers(list, "vision_model.encoder.layers.", layers, width, inner);
    list.norm("vision_model.post_layernorm", width);
    list.matrix("visual_projection", width, projection);
    return list.shapes();
  }
}
