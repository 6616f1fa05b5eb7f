package dev.sdlora.pipeline.make;

import dev.sdlora.lora.plan.Network;
import dev.sdlora.pipeline.network.ClipConfig;
import dev.sdlora.pipeline.transformer.Flux1Config;
import dev.sdlora.pipeline.transformer.Sd3Config;
import dev.sdlora.pipeline.transformer.T5Config;
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
  private static final long FLUX2_WIDTH = 3072;
  private static final long Z_IMAGE_WIDTH = 3840;
  private static final long Z_IMAGE_HIDDEN = 10_240;
  private static final long Z_IMAGE_TIME = 256;
  private static final long QWEN_WIDTH = 2560;

  private static final int T5_WIDTH = 4096;
  private static final List<Integer> FLUX1_AXES = List.of(16, 56, 56);

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
    long d = FLUX2_WIDTH;
    Map<String, List<Long>> all = new LinkedHashMap<>();
    for (int i = 0; i < 5; i++) {
      String block = "transformer_blocks." + i;
      for (String projection :
          List.of(
              "to_q",
              "to_k",
              "to_v",
              "to_out.0",
              "add_q_proj",
              "add_k_proj",
              "add_v_proj",
              "to_add_out")) {
        add(all, block + ".attn." + projection, d, d);
      }
      for (String stream : List.of(".ff", ".ff_context")) {
        add(all, block + stream + ".linear_in", 6 * d, d);
        add(all, block + stream + ".linear_out", d, 3 * d);
      }
    }
    for (int i = 0; i < 20; i++) {
      String block = "single_transformer_blocks." + i + ".attn.";
      add(all, block + "to_qkv_mlp_proj", 9 * d, d);
      add(all, block + "to_out", d, 4 * d);
    }
    add(all, "x_embedder", d, 128);
    add(all, "context_embedder", d, 3 * QWEN_WIDTH);
    add(all, "time_guidance_embed.timestep_embedder.linear_1", d, 256);
    add(all, "time_guidance_embed.timestep_embedder.linear_2", d, d);
    add(all, "double_stream_modulation_img.linear", 6 * d, d);
    add(all, "double_stream_modulation_txt.linear", 6 * d, d);
    add(all, "single_stream_modulation.linear", 3 * d, d);
    add(all, "norm_out.linear", 2 * d, d);
    add(all, "proj_out", 128, d);
    return Map.of(Network.UNET, all, Network.TEXT_ENCODER, qwen3());
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
    int width = (int) FLUX2_WIDTH;
    Flux1Config config =
        new Flux1Config(
            16, 16, width, 24, 19, 38, T5_WIDTH, 4 * width, modulation, FLUX1_AXES, 10_000);
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
          if (shape.size() > 1) {
            all.put(name, shape);
          }
        });
    return all;
  }

  /** The layers of Z-Image. */
  static Map<Network, Map<String, List<Long>>> zImage() {
    long d = Z_IMAGE_WIDTH;
    Map<String, List<Long>> all = new LinkedHashMap<>();
    for (int i = 0; i < 2; i++) {
      addBlock(all, "noise_refiner." + i, true);
      addBlock(all, "context_refiner." + i, false);
    }
    for (int i = 0; i < 30; i++) {
      addBlock(all, "layers." + i, true);
    }
    add(all, "all_x_embedder.2-1", d, 64);
    add(all, "cap_embedder.1", d, QWEN_WIDTH);
    add(all, "t_embedder.mlp.0", 1024, Z_IMAGE_TIME);
    add(all, "t_embedder.mlp.2", Z_IMAGE_TIME, 1024);
    add(all, "all_final_layer.2-1.adaLN_modulation.1", d, Z_IMAGE_TIME);
    add(all, "all_final_layer.2-1.linear", 64, d);
    return Map.of(Network.UNET, all, Network.TEXT_ENCODER, qwen3());
  }

  private static void addBlock(Map<String, List<Long>> all, String block, boolean modulated) {
    long d = Z_IMAGE_WIDTH;
    for (String projection : List.of("to_q", "to_k", "to_v", "to_out.0")) {
      add(all, block + ".attention." + projection, d, d);
    }
    add(all, block + ".feed_forward.w1", Z_IMAGE_HIDDEN, d);
    add(all, block + ".feed_forward.w2", d, Z_IMAGE_HIDDEN);
    add(all, block + ".feed_forward.w3", Z_IMAGE_HIDDEN, d);
    if (modulated) {
      add(all, block + ".adaLN_modulation.0", 4 * d, Z_IMAGE_TIME);
    }
  }

  private static Map<String, List<Long>> qwen3() {
    Map<String, List<Long>> all = new LinkedHashMap<>();
    for (int i = 0; i < 36; i++) {
      String layer = "model.layers." + i;
      add(all, layer + ".self_attn.q_proj", 4096, QWEN_WIDTH);
      add(all, layer + ".self_attn.k_proj", 1024, QWEN_WIDTH);
      add(all, layer + ".self_attn.v_proj", 1024, QWEN_WIDTH);
      add(all, layer + ".self_attn.o_proj", QWEN_WIDTH, 4096);
      add(all, layer + ".mlp.gate_proj", 9728, QWEN_WIDTH);
      add(all, layer + ".mlp.up_proj", 9728, QWEN_WIDTH);
      add(all, layer + ".mlp.down_proj", QWEN_WIDTH, 9728);
    }
    return all;
  }

  private static void add(Map<String, List<Long>> all, String layer, long out, long in) {
    all.put(layer + ".weight", List.of(out, in));
  }
}
