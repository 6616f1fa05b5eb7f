package dev.sdlora.pipeline.speed;

import dev.sdlora.families.network.vae.VaeConfig;
import java.util.List;
import java.util.Map;

/**
 * Counts the multiplications and additions of the autoencoder, without norms.
 *
 * @param plain as the layers are defined
 * @param reduced without those that a transposed convolution of the small image saves during
 *     upsampling
 */
public record VaeOperations(double plain, double reduced) {

  /** Counts the operations to decode a square image. */
  public static VaeOperations decode(VaeConfig config, int size) {
    return of(config, "decoder.", size);
  }

  /** Counts the operations to encode a square image. */
  public static VaeOperations encode(VaeConfig config, int size) {
    return of(config, "encoder.", size);
  }

  private static VaeOperations of(VaeConfig config, String half, int size) {
    double plain = 0;
    double saved = 0;
    for (Map.Entry<String, List<Long>> weight : config.weights().entrySet()) {
      String name = weight.getKey();
      List<Long> shape = weight.getValue();
      if (name.startsWith(half) && shape.size() > 1) {
        double numbers = shape.stream().mapToDouble(Long::doubleValue).reduce(1, (a, b) -> a * b);
        double positions = positions(config, name, size);
        plain += 2 * numbers * positions;
        if (name.endsWith("to_q.weight")) {
          // Queries times keys, then weights times values.
          plain += 4 * positions * positions * shape.get(0);
        }
        if (name.contains(".upsamplers.")) {
          saved += 2 * numbers * positions * 5 / 9;
        }
      }
    }
    return new VaeOperations(plain, plain - saved);
  }

  /** Returns the number of positions in a layer's output. */
  private static double positions(VaeConfig config, String name, int size) {
    String[] parts = name.split("\\.", -1);
    double latent = (double) size / config.factor();
    double side =
        switch (parts[1]) {
          case "up_blocks" ->
              latent
                  * (1 << (Integer.parseInt(parts[2]) + (parts[3].equals("upsamplers") ? 1 : 0)));
          case "down_blocks" ->
              (double) size
                  / (1 << (Integer.parseInt(parts[2]) + (parts[3].equals("downsamplers") ? 1 : 0)));
          case "conv_in" -> parts[0].equals("encoder") ? size : latent;
          case "conv_out" -> parts[0].equals("encoder") ? latent : size;
          default -> latent;
        };
    return side * side;
  }
}
