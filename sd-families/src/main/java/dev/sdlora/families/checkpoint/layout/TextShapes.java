package dev.sdlora.families.checkpoint.layout;

import dev.sdlora.families.network.ClipConfig;
import java.util.List;
import java.util.Map;

/** Derives the dimensions of CLIP's text encoders next to T5 from the shapes of their weights. */
public final class TextShapes {
  private static final String FIRST = "text_model.encoder.layers.0.";

  private TextShapes() {}

  /**
   * Returns the dimensions of a CLIP text encoder.
   *
   * @param shapes the shapes of all its weights by transformers' names
   * @param kind its kind, which no shape shows
   * @param reading the states that the transformer reads
   * @throws IllegalArgumentException if a weight is missing, or shapes contradict each other
   */
  public static ClipConfig clip(
      Map<String, List<Long>> shapes, ClipConfig.Kind kind, ClipConfig.Reading reading) {
    int width = rows(shapes, FIRST + "layer_norm1.weight");
    int heads = NetworkShapes.clipHeads(width, kind);
    if (width % heads != 0) {
      throw new IllegalArgumentException(
          "%s is %s wide, expected a multiple of %s, the number of its heads"
              .formatted(kind.label(), width, heads));
    }
    int layers = 0;
    while (shapes.containsKey("text_model.encoder.layers." + layers + ".layer_norm1.weight")) {
      layers++;
    }
    return new ClipConfig(
        width,
        layers,
        heads,
        rows(shapes, FIRST + "mlp.fc1.weight"),
        rows(shapes, "text_model.embeddings.token_embedding.weight"),
        rows(shapes, "text_model.embeddings.position_embedding.weight"),
        kind,
        reading,
        shapes.containsKey("text_projection.weight") ? rows(shapes, "text_projection.weight") : 0);
  }

  private static int rows(Map<String, List<Long>> shapes, String name) {
    List<Long> shape = shapes.get(name);
    if (shape == null || shape.isEmpty()) {
      throw new IllegalArgumentException("weight '%s' of CLIP is missing".formatted(name));
    }
    return Math.toIntExact(shape.get(0));
  }
}
