package dev.sdlora.pipeline.make;

import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.families.transformer.Flux1Config;
import dev.sdlora.families.transformer.Flux2Config;
import dev.sdlora.families.transformer.Qwen3Config;
import dev.sdlora.families.transformer.Sd3Config;
import dev.sdlora.families.transformer.T5Config;
import dev.sdlora.families.transformer.ZImageConfig;
import dev.sdlora.lora.plan.Network;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The linear layers of the published diffusion transformers and of Qwen3-4B, their text encoder,
 * under their names in diffusers and transformers.
 */
final class KnownTransformers {
  /** The width of FLUX.1, Chroma and FLUX.2 klein, in heads of 128. */
  private static final int FLUX_WIDTH = 3072;

  private static final int HEAD = 128;
  private static final int QWEN_WIDTH = 2560;
  private static final int T5_WIDTH = 4096;

  /** CLIP ViT-L. */
  private static final Map<String, List<Long>> CLIP_L =
      matrices(new ClipConfig(768, 12, 12, 3072, 49_408, 77).weights());

  /** OpenCLIP ViT-bigG. */
  private static final Map<String, List<Long>> CLIP_G =
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

  private KnownTransformers() {}

  /** The layers of FLUX.2 klein 4B. */
  static Map<Network, Map<String, List<Long>>> flux2() {
    Flux2Config config =
        new Flux2Config(
            128,
            FLUX_WIDTH,
            24,
            5,
            20,
            3 * QWEN_WIDTH,
            3 * FLUX_WIDTH,
            256,
            Flux2Config.axes(HEAD),
            Flux2Config.THETA);
    return Map.of(Network.UNET, matrices(config.weights()), Network.TEXT_ENCODER, qwen3());
  }

  /** The layers of FLUX.1 [dev]. */
  static Map<Network, Map<String, List<Long>>> flux1() {
    return flux1(new Flux1Config.OwnLayers(768, true), List.of(CLIP_L, t5()));
  }

  /** The layers of Chroma. */
  static Map<Network, Map<String, List<Long>>> chroma() {
    return flux1(new Flux1Config.Approximator(64, 5120, 5), List.of(t5()));
  }

  /**
   * The layers of Stable Diffusion 3.5 Medium, and as many blocks as 3.5 Large has: all models have
   * the same names.
   */
  static Map<Network, Map<String, List<Long>>> sd3() {
    int blocks = 38;
    Sd3Config config =
        new Sd3Config(
            16,
            1536,
            24,
            blocks,
            T5_WIDTH,
            2048,
            384,
            IntStream.range(0, 13).boxed().toList(),
            true);
    Map<Network, Map<String, List<Long>>> all = new EnumMap<>(Network.class);
    all.put(Network.UNET, matrices(config.weights()));
    all.put(Network.TEXT_ENCODER, CLIP_L);
    all.put(Network.TEXT_ENCODER_2, CLIP_G);
    all.put(Network.TEXT_ENCODER_3, t5());
    return all;
  }

  private static Map<Network, Map<String, List<Long>>> flux1(
      Flux1Config.Modulation modulation, List<Map<String, List<Long>>> encoders) {
    Flux1Config config =
        new Flux1Config(
            16,
            16,
            FLUX_WIDTH,
            24,
            19,
            38,
            T5_WIDTH,
            4 * FLUX_WIDTH,
            modulation,
            Flux1Config.axes(HEAD),
            Flux1Config.THETA);
    Map<Network, Map<String, List<Long>>> all = new EnumMap<>(Network.class);
    all.put(Network.UNET, matrices(config.weights()));
    for (int i = 0; i < encoders.size(); i++) {
      all.put(Network.textEncoder(i), encoders.get(i));
    }
    return all;
  }

  private static Map<String, List<Long>> t5() {
    return matrices(new T5Config(T5_WIDTH, 64, 64, 10_240, 24, 32_128, 32).weights());
  }

  private static Map<String, List<Long>> matrices(Map<String, List<Long>> weights) {
    Map<String, List<Long>> all = new LinkedHashMap<>();
    weights.forEach(
        (name, shape) -> {
          if (shape.size() > 1 && name.endsWith(".weight")) {
            all.put(name, shape);
          }
        });
    return all;
  }

  /** The layers of Z-Image. */
  static Map<Network, Map<String, List<Long>>> zImage() {
    ZImageConfig config =
        new ZImageConfig(
            16,
            3840,
            30,
            10_240,
            QWEN_WIDTH,
            256,
            1024,
            2,
            30,
            ZImageConfig.axes(HEAD),
            ZImageConfig.THETA);
    return Map.of(Network.UNET, matrices(config.weights()), Network.TEXT_ENCODER, qwen3());
  }

  /** The linear layers, without the table of tokens. */
  private static Map<String, List<Long>> qwen3() {
    Qwen3Config config =
        new Qwen3Config(QWEN_WIDTH, 32, 8, HEAD, 9728, 36, 151_936, Qwen3Config.THETA);
    Map<String, List<Long>> all = matrices(config.weights(config.layers()));
    all.remove("model.embed_tokens.weight");
    return all;
  }
}
