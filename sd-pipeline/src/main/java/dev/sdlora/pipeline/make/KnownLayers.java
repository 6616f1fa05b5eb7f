package dev.sdlora.pipeline.make;

import dev.sdlora.api.ModelFamily;
import dev.sdlora.lora.plan.ModuleIndex;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.pipeline.network.ClipConfig;
import dev.sdlora.pipeline.network.UNetConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The layers of the published models, for work on LoRA files without a checkpoint. Only names
 * matter, so models of other widths and fewer text layers are covered as well.
 */
final class KnownLayers {
  private static final int VOCABULARY = 49_408;
  private static final int POSITIONS = 77;
  private static final String FIRST_CONVOLUTION = ".conv1.weight";

  private KnownLayers() {}

  /** The layers of a family; those of SD 1.x where it is unknown, none for SDXL. */
  static ModuleIndex of(ModelFamily family) {
    return switch (family) {
      case SD1, UNKNOWN -> index(768, 12, 12, false);
      case SD2 -> index(1024, 23, 16, true);
      case SDXL -> new ModuleIndex(Map.of());
    };
  }

  private static ModuleIndex index(int width, int layers, int heads, boolean linearProjection) {
    UNetConfig unet =
        new UNetConfig(
            4,
            4,
            List.of(320, 640, 1280, 1280),
            2,
            List.of(1, 1, 1, 0),
            1,
            8,
            width,
            linearProjection);
    ClipConfig clip = new ClipConfig(width, layers, heads, 4 * width, VOCABULARY, POSITIONS);
    return new ModuleIndex(
        Map.of(Network.UNET, withShortcuts(unet.weights()), Network.TEXT_ENCODER, clip.weights()));
  }

  /** Residual blocks have a shortcut only where widths differ, which may be anywhere. */
  private static Map<String, List<Long>> withShortcuts(Map<String, List<Long>> weights) {
    Map<String, List<Long>> all = new LinkedHashMap<>(weights);
    weights.forEach(
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
