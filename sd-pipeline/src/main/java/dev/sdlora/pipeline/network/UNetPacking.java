package dev.sdlora.pipeline.network;

import dev.sdlora.api.ModelFamily;
import dev.sdlora.tensors.weights.Packing;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How the weights of a U-Net are laid out for the processor: convolutions and the matrices of the
 * transformers, for two rows of guidance at the size that the family was trained at. Layers that
 * see one position for a row, as those of the time embedding, stay as they are, and so do kernels
 * that would have to be laid out anew at other sizes.
 */
public final class UNetPacking {
  private static final int ROWS = 2;
  private static final int TOKENS = 77;
  private static final int BLOCK = 64;

  private final UNetConfig config;

  private UNetPacking(UNetConfig config) {
    this.config = config;
  }

  /** The layouts by the names of the weights. */
  public static Map<String, Packing> of(UNetConfig config) {
    UNetPacking packing = new UNetPacking(config);
    Map<String, Packing> packings = new LinkedHashMap<>();
    config
        .weights()
        .forEach(
            (name, shape) -> {
              boolean matrix = shape.size() == 2 && name.contains(".attentions.");
              if (matrix || (shape.size() == 4 && isCutAlike(shape))) {
                packings.put(name, packing.of(name, shape));
              }
            });
    return packings;
  }

  /**
   * Whether oneDNN cuts a kernel into the same blocks of outputs at every size: of 1×1, as a
   * matrix; others if their outputs are one block or several of 64. 96 outputs become blocks of 48
   * for large pictures and of 32 for small ones, and what is packed for the one is laid out anew in
   * each call of the other, by code that takes ten times as long as the convolution. A plain kernel
   * is laid out by quick code.
   */
  static boolean isCutAlike(List<Long> shape) {
    long outputs = shape.get(0);
    return shape.get(2) == 1 || outputs < BLOCK || outputs % BLOCK == 0;
  }

  private Packing of(String name, List<Long> shape) {
    int side = side(name);
    if (name.contains(".upsamplers.")) {
      return new Packing.Doubling(ROWS, side);
    }
    if (shape.size() == 4 && shape.get(2) > 1) {
      return new Packing.Convolution(name.contains(".downsamplers.") ? 2 : 1, 1, ROWS, side);
    }
    if (name.endsWith(".ff.net.0.proj.weight")) {
      return new Packing.Gated(ROWS * side * side);
    }
    boolean text = name.endsWith(".attn2.to_k.weight") || name.endsWith(".attn2.to_v.weight");
    return new Packing.Linear(text ? ROWS * TOKENS : ROWS * side * side);
  }

  /** Height and width of what a layer reads. */
  private int side(String name) {
    boolean large =
        config.family() == ModelFamily.SDXL || config.family() == ModelFamily.SDXL_REFINER;
    int latent = large ? 128 : 64;
    return Math.max(1, latent >> level(name));
  }

  private int level(String name) {
    String[] parts = name.split("\\.", -1);
    return switch (parts[0]) {
      case "down_blocks" -> Integer.parseInt(parts[1]);
      case "mid_block" -> config.levels() - 1;
      case "up_blocks" -> config.levels() - 1 - Integer.parseInt(parts[1]);
      default -> 0;
    };
  }
}
