package dev.sdlora.families.network.vae;

import dev.sdlora.families.network.ConvolutionPacking;
import dev.sdlora.tensors.weights.Packing;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Packing of autoencoder weights for the CPU: convolutions and the matrices of its attention. The
 * layers next to the latent and the image, which have few channels and compute in float32, are not
 * packed.
 */
public final class VaePacking {
  /** Side of the latents of 512×512 pixels. */
  private static final int SIDE = 64;

  private final VaeConfig config;

  private VaePacking(VaeConfig config) {
    this.config = config;
  }

  /** Returns the packings by weight name. */
  public static Map<String, Packing> of(VaeConfig config) {
    VaePacking packing = new VaePacking(config);
    Map<String, Packing> packings = new LinkedHashMap<>();
    config
        .weights()
        .forEach(
            (name, shape) -> {
              boolean end = name.contains("quant_conv.") || name.contains("coder.conv_out.");
              boolean packed =
                  shape.size() == 2 || (shape.size() == 4 && ConvolutionPacking.isCutAlike(shape));
              if (packed && !end) {
                packings.put(name, packing.of(name, shape));
              }
            });
    return packings;
  }

  private Packing of(String name, List<Long> shape) {
    int side = side(name);
    return shape.size() == 4
        ? ConvolutionPacking.of(name, shape, 1, side)
        : new Packing.Linear(side * side);
  }

  /** Returns height and width of a layer's input. */
  private int side(String name) {
    String[] parts = name.split("\\.", -1);
    return switch (parts[1]) {
      case "up_blocks" -> SIDE << Integer.parseInt(parts[2]);
      case "down_blocks" -> (SIDE * config.factor()) >> Integer.parseInt(parts[2]);
      default -> name.startsWith("encoder.conv_in.") ? SIDE * config.factor() : SIDE;
    };
  }
}
