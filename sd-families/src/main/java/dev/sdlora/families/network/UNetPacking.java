package dev.sdlora.families.network;

import dev.sdlora.tensors.weights.Packing;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Packing of U-Net weights for the CPU: convolutions and the matrices of the transformers, for two
 * rows of guidance at the family's training size. Layers with one position per row, such as those
 * of the time embedding, are not packed, nor are kernels that would have to be repacked at other
 * sizes, nor is the last one, which is converted to float32 in each call.
 */
public final class UNetPacking {
  private static final int ROWS = 2;
  private static final int TOKENS = 77;

  private final UNetConfig config;

  private UNetPacking(UNetConfig config) {
    this.config = config;
  }

  /** Returns the packings by weight name. */
  public static Map<String, Packing> of(UNetConfig config) {
    UNetPacking packing = new UNetPacking(config);
    Map<String, Packing> packings = new LinkedHashMap<>();
    config
        .weights()
        .forEach(
            (name, shape) -> {
              boolean matrix = shape.size() == 2 && name.contains(".attentions.");
              boolean conv = shape.size() == 4 && ConvolutionPacking.isCutAlike(shape);
              if (matrix || (conv && !name.equals("conv_out.weight"))) {
                packings.put(name, packing.of(name, shape));
              }
            });
    return packings;
  }

  private Packing of(String name, List<Long> shape) {
    int side = side(name);
    if (shape.size() == 4) {
      return ConvolutionPacking.of(name, shape, ROWS, side);
    }
    if (name.endsWith(".ff.net.0.proj.weight")) {
      return new Packing.Gated(ROWS * side * side);
    }
    boolean text = name.endsWith(".attn2.to_k.weight") || name.endsWith(".attn2.to_v.weight");
    return new Packing.Linear(text ? ROWS * TOKENS : ROWS * side * side);
  }

  /** Returns height and width of a layer's input. */
  private int side(String name) {
    int latent = config.vectorWidth() > 0 ? 128 : 64;
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
