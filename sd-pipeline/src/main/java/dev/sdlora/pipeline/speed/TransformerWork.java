package dev.sdlora.pipeline.speed;

import dev.sdlora.families.transformer.Qwen3Config;
import dev.sdlora.families.transformer.T5Config;
import dev.sdlora.families.transformer.TransformerConfig;
import dev.sdlora.families.transformer.TransformerConfig.Reads;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The products of a transformer's call with one row. Layers outside of blocks and those that follow
 * the time are left out, which have few operations.
 *
 * @param layers the matrices of the blocks, by weight name
 * @param attention the multiplications and additions of all attention
 */
public record TransformerWork(Map<String, Layer> layers, double attention) {
  /** Copies the map. */
  public TransformerWork {
    layers = new LinkedHashMap<>(layers);
  }

  /**
   * A matrix of a block.
   *
   * @param shape [out, in]
   * @param positions the number of positions that are multiplied by it
   */
  public record Layer(List<Long> shape, int positions) {
    /** Copies the list. */
    public Layer {
      shape = List.copyOf(shape);
    }

    private double operations() {
      return 2.0 * positions * shape.get(0) * shape.get(1);
    }
  }

  /**
   * Counts a call of a denoiser.
   *
   * @param image the tokens of the image
   * @param text the tokens of the prompt
   */
  public static TransformerWork of(TransformerConfig config, int image, int text) {
    int ofImage = filled(image, config.multiple());
    int ofText = filled(text, config.multiple());
    Map<String, Layer> layers = new LinkedHashMap<>();
    config
        .weights()
        .forEach(
            (name, shape) ->
                config
                    .reads(name)
                    .filter(tokens -> shape.size() == 2)
                    .map(tokens -> positions(tokens, ofImage, ofText))
                    .ifPresent(positions -> layers.put(name, new Layer(shape, positions))));
    double attention =
        Arrays.stream(Reads.values())
            .mapToDouble(
                tokens ->
                    config.attentions(tokens)
                        * attention(positions(tokens, ofImage, ofText), config.width()))
            .sum();
    return new TransformerWork(layers, attention);
  }

  private static int positions(Reads tokens, int image, int text) {
    return switch (tokens) {
      case IMAGE -> image;
      case TEXT -> text;
      case BOTH -> image + text;
    };
  }

  /** Counts an encoding of a text by T5, of which all tokens read all. */
  public static TransformerWork of(T5Config config, int tokens) {
    Map<String, Layer> layers = new LinkedHashMap<>();
    config
        .weights()
        .forEach(
            (name, shape) -> {
              if (name.startsWith("encoder.block.")
                  && shape.size() == 2
                  && !name.contains("relative_attention_bias")) {
                layers.put(name, new Layer(shape, tokens));
              }
            });
    int width = config.heads() * config.headWidth();
    return new TransformerWork(layers, config.layers() * attention(tokens, width));
  }

  /**
   * Counts an encoding of a text by Qwen3. Half of its attention is needed, since no token reads
   * later ones.
   *
   * @param read the number of layers that are read
   */
  public static TransformerWork of(Qwen3Config config, int read, int tokens) {
    Map<String, Layer> layers = new LinkedHashMap<>();
    config
        .weights(read)
        .forEach(
            (name, shape) -> {
              if (name.endsWith("_proj.weight")) {
                layers.put(name, new Layer(shape, tokens));
              }
            });
    int width = config.heads() * config.headWidth();
    return new TransformerWork(layers, read * attention(tokens, width) / 2);
  }

  /** Queries times keys, then weights times values. */
  private static double attention(double positions, double width) {
    return 4 * positions * positions * width;
  }

  private static int filled(int tokens, int multiple) {
    return (tokens + multiple - 1) / multiple * multiple;
  }

  /** Returns the multiplications and additions of the layers. */
  public double ofLayers() {
    return layers.values().stream().mapToDouble(Layer::operations).sum();
  }

  /** Returns the multiplications and additions of the call. */
  public double operations() {
    return ofLayers() + attention;
  }
}
