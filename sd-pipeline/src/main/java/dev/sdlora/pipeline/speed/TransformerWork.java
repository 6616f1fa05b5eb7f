package dev.sdlora.pipeline.speed;

import dev.sdlora.families.transformer.Flux1Config;
import dev.sdlora.families.transformer.Flux2Config;
import dev.sdlora.families.transformer.Qwen3Config;
import dev.sdlora.families.transformer.Sd3Config;
import dev.sdlora.families.transformer.T5Config;
import dev.sdlora.families.transformer.TransformerConfig;
import dev.sdlora.families.transformer.ZImageConfig;
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
  /** Z-Image fills sequences up to multiples of this number. */
  private static final int FILLED = 32;

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
    if (config instanceof ZImageConfig zImage) {
      return of(zImage, filled(image), filled(text));
    }
    Map<String, Layer> layers = new LinkedHashMap<>();
    config
        .weights()
        .forEach(
            (name, shape) -> {
              if (name.contains("transformer_blocks.")
                  && shape.size() == 2
                  && !name.contains(".norm")) {
                boolean ofText = name.matches("t.*(\\.ff_context\\.|\\.add_|\\.to_add_).*");
                boolean ofBoth = name.startsWith("single_");
                int positions = ofBoth ? image + text : ofText ? text : image;
                layers.put(name, new Layer(shape, positions));
              }
            });
    double joint = attention(image + text, 1);
    double attention;
    if (config instanceof Flux2Config flux2) {
      attention = (flux2.doubleBlocks() + flux2.singleBlocks()) * joint * flux2.width();
    } else if (config instanceof Flux1Config flux1) {
      attention = (flux1.doubleBlocks() + flux1.singleBlocks()) * joint * flux1.width();
    } else {
      Sd3Config sd3 = (Sd3Config) config;
      attention =
          (sd3.layers() * joint + sd3.dualLayers().size() * attention(image, 1)) * sd3.width();
    }
    return new TransformerWork(layers, attention);
  }

  private static TransformerWork of(ZImageConfig config, int image, int text) {
    Map<String, Layer> layers = new LinkedHashMap<>();
    config
        .weights()
        .forEach(
            (name, shape) -> {
              if (name.contains(".attention.") || name.contains(".feed_forward.")) {
                int positions =
                    name.startsWith("noise_")
                        ? image
                        : name.startsWith("context_") ? text : image + text;
                if (shape.size() == 2) {
                  layers.put(name, new Layer(shape, positions));
                }
              }
            });
    double refiners = attention(image, config.width()) + attention(text, config.width());
    return new TransformerWork(
        layers,
        config.refiners() * refiners + config.layers() * attention(image + text, config.width()));
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

  private static int filled(int tokens) {
    return (tokens + FILLED - 1) / FILLED * FILLED;
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
