package dev.sdlora.pipeline.speed;

import dev.sdlora.families.network.UNetConfig;
import java.util.List;
import java.util.Map;

/** Counts the multiplications and additions of a U-Net call, without norms. */
public final class UNetOperations {
  private final UNetConfig config;
  private final int side;
  private final int tokens;

  private UNetOperations(UNetConfig config, int side, int tokens) {
    this.config = config;
    this.side = side;
    this.tokens = tokens;
  }

  /**
   * Counts the operations.
   *
   * @param config the dimensions
   * @param rows the rows of the batch
   * @param side the side of the square latents
   * @param tokens the tokens of the text
   */
  public static double of(UNetConfig config, int rows, int side, int tokens) {
    UNetOperations counted = new UNetOperations(config, side, tokens);
    double sum = 0;
    for (Map.Entry<String, List<Long>> weight : config.weights().entrySet()) {
      sum += counted.layer(weight.getKey(), weight.getValue());
    }
    return rows * sum;
  }

  private double layer(String name, List<Long> shape) {
    if (shape.size() < 2) {
      return 0;
    }
    double numbers = shape.stream().mapToDouble(Long::doubleValue).reduce(1, (a, b) -> a * b);
    double positions = positions(name);
    if (!name.contains(".attentions.") && shape.size() == 2) {
      return 2 * numbers; // layers of the timestep embedding
    }
    if (name.contains(".attn2.to_k.") || name.contains(".attn2.to_v.")) {
      return 2 * numbers * tokens;
    }
    double product = 2 * numbers * positions;
    if (name.endsWith("to_q.weight")) {
      // Queries times keys, then weights times values.
      double keys = name.contains(".attn1.") ? positions : tokens;
      product += 4 * positions * keys * shape.get(0);
    }
    return product;
  }

  /** Returns the number of positions in a layer's output. */
  private double positions(String name) {
    String[] parts = name.split("\\.", -1);
    int level =
        switch (parts[0]) {
          case "down_blocks" ->
              Integer.parseInt(parts[1]) + (parts[2].equals("downsamplers") ? 1 : 0);
          case "mid_block" -> config.levels() - 1;
          case "up_blocks" ->
              config.levels()
                  - 1
                  - Integer.parseInt(parts[1])
                  - (parts[2].equals("upsamplers") ? 1 : 0);
          default -> 0;
        };
    double length = side >> level;
    return length * length;
  }
}
