package dev.sdlora.families.sd;

import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.lora.plan.Network;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The layers of the published models, for work on LoRA files without a checkpoint. Usually only
 * names matter, so the published models also cover models with other widths or fewer text layers.
 */
final class PublishedUNets {
  private static final ClipConfig CLIP_L = new ClipConfig(768, 12, 12, 3072, 49_408, 77);
  private static final ClipConfig CLIP_H = new ClipConfig(1024, 24, 16, 4096, 49_408, 77);
  private static final ClipConfig CLIP_BIG_G = new ClipConfig(1280, 32, 20, 5120, 49_408, 77);

  private static final UNetConfig SD1 = unet(768, false);
  private static final UNetConfig SD2 = unet(1024, true);
  private static final UNetConfig SDXL =
      new UNetConfig(4, 4, List.of(320, 640, 1280), 2, List.of(0, 2, 10), 10, 8, 2048, true);

  private static final UNetConfig REFINER =
      new UNetConfig(4, 4, List.of(384, 768, 1536, 1536), 2, List.of(0, 4, 4, 0), 4, 8, 1280, true);

  private static final String FIRST_CONVOLUTION = ".conv1.weight";

  private PublishedUNets() {}

  private static UNetConfig unet(int contextWidth, boolean linearProjection) {
    return new UNetConfig(
        4,
        4,
        List.of(320, 640, 1280, 1280),
        2,
        List.of(1, 1, 1, 0),
        1,
        8,
        contextWidth,
        linearProjection);
  }

  static Map<Network, Map<String, List<Long>>> sd1() {
    return Map.of(Network.UNET, weights(SD1), Network.TEXT_ENCODER, CLIP_L.weights());
  }

  static Map<Network, Map<String, List<Long>>> sd2() {
    return Map.of(Network.UNET, weights(SD2), Network.TEXT_ENCODER, CLIP_H.weights());
  }

  static Map<Network, Map<String, List<Long>>> sdxl() {
    return Map.of(
        Network.UNET,
        withSizes(SDXL, 2816),
        Network.TEXT_ENCODER,
        CLIP_L.weights(),
        Network.TEXT_ENCODER_2,
        projected(CLIP_BIG_G));
  }

  static Map<Network, Map<String, List<Long>>> refiner() {
    return Map.of(
        Network.UNET, withSizes(REFINER, 2560), Network.TEXT_ENCODER, projected(CLIP_BIG_G));
  }

  /** Adds the layers that read image sizes and the pooled text, as a vector of the given width. */
  private static Map<String, List<Long>> withSizes(UNetConfig unet, long numbers) {
    Map<String, List<Long>> all = weights(unet);
    long time = 4L * unet.channels().get(0);
    all.put("add_embedding.linear_1.weight", List.of(time, numbers));
    all.put("add_embedding.linear_2.weight", List.of(time, time));
    return all;
  }

  private static Map<String, List<Long>> projected(ClipConfig clip) {
    Map<String, List<Long>> all = new LinkedHashMap<>(clip.weights());
    all.put("text_projection.weight", List.of((long) clip.width(), (long) clip.width()));
    return all;
  }

  /** Adds a shortcut to every residual block, because real shortcuts depend on the widths. */
  private static Map<String, List<Long>> weights(UNetConfig unet) {
    Map<String, List<Long>> all = new LinkedHashMap<>(unet.weights());
    unet.weights()
        .forEach(
            (name, shape) -> {
              if (name.endsWith(FIRST_CONVOLUTION)) {
                String block = name.substring(0, name.length() - FIRST_CONVOLUTION.length());
                all.putIfAbsent(
                    block + ".conv_shortcut.weight", List.of(shape.get(0), shape.get(1), 1L, 1L));
              }
            });
    return all;
  }
}
