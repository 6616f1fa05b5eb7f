package dev.sdlora.families.checkpoint.transformer;

import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.families.transformer.Qwen3Config;
import dev.sdlora.families.transformer.T5Config;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The linear layers of the published text encoders, under their names in transformers, for work on
 * LoRA files without a checkpoint.
 */
public final class PublishedLayers {
  /** The width of Qwen3-4B. */
  public static final int QWEN_WIDTH = 2560;

  /** The width of T5-XXL. */
  public static final int T5_WIDTH = 4096;

  /** CLIP ViT-L. */
  public static final Map<String, List<Long>> CLIP_L =
      matrices(new ClipConfig(768, 12, 12, 3072, 49_408, 77).weights());

  /** OpenCLIP ViT-bigG. */
  public static final Map<String, List<Long>> CLIP_G =
      matrices(
          new ClipConfig(
                  1280,
                  32,
                  20,
                  5120,
                  49_408,
                  77,
                  ClipConfig.Kind.OPEN_CLIP,
                  ClipConfig.Reading.PENULTIMATE,
                  1280)
              .weights());

  private PublishedLayers() {}

  /** Returns those of T5-XXL. */
  public static Map<String, List<Long>> t5() {
    return matrices(new T5Config(T5_WIDTH, 64, 64, 10_240, 24, 32_128, 32).weights());
  }

  /** Returns the matrices among weights. */
  public static Map<String, List<Long>> matrices(Map<String, List<Long>> weights) {
    Map<String, List<Long>> all = new LinkedHashMap<>();
    weights.forEach(
        (name, shape) -> {
          if (shape.size() > 1 && name.endsWith(".weight")) {
            all.put(name, shape);
          }
        });
    return all;
  }

  /** Returns those of Qwen3-4B, without the table of tokens. */
  public static Map<String, List<Long>> qwen3() {
    Qwen3Config config =
        new Qwen3Config(QWEN_WIDTH, 32, 8, 128, 9728, 36, 151_936, Qwen3Config.THETA);
    Map<String, List<Long>> all = matrices(config.weights(config.layers()));
    all.remove("model.embed_tokens.weight");
    return all;
  }
}
