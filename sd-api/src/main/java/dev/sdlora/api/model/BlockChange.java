package dev.sdlora.api.model;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The change of one part of a network. Norms are those of Frobenius, the root of the sum of
 * squares, over the weights that are changed; others of the part do not count.
 *
 * @param part the network
 * @param name what people call it. In the U-Net, as in block weights: {@code IN00} to {@code IN11},
 *     {@code MID}, {@code OUT00} to {@code OUT11}, by the places of Stability's code, or the layer
 *     outside of them, such as {@code time_embedding}; in a text encoder {@code layer 0} and so on;
 *     in a VAE {@code encoder 0}, {@code decoder mid} and so on
 * @param weights how many weights are changed
 * @param change the norm of what is added to them
 * @param weight their own norm
 */
public record BlockChange(ModelPart part, String name, int weights, double change, double weight) {

  /**
   * {@return the change as a share of the weights: 0 changes nothing, 1 is as large as the weights}
   * Infinite if weights that are all 0 are changed.
   */
  public double relative() {
    return change == 0 ? 0 : change / weight;
  }

  /**
   * Sums the blocks of each network.
   *
   * @param blocks blocks without common weights
   * @return one block named {@code all} for each network that has any
   */
  public static Map<ModelPart, BlockChange> byPart(List<BlockChange> blocks) {
    Map<ModelPart, BlockChange> sums = new EnumMap<>(ModelPart.class);
    for (BlockChange block : blocks) {
      sums.merge(block.part(), block.named("all"), BlockChange::plus);
    }
    return sums;
  }

  /**
   * Sums all blocks.
   *
   * @param blocks blocks without common weights
   * @return one block named {@code all}; of no weights if there are no blocks
   */
  public static BlockChange sum(List<BlockChange> blocks) {
    return blocks.stream()
        .reduce(new BlockChange(ModelPart.OTHER, "all", 0, 0, 0), BlockChange::plus);
  }

  private BlockChange named(String other) {
    return new BlockChange(part, other, weights, change, weight);
  }

  /** Blocks share no weights, so that squares add up. */
  private BlockChange plus(BlockChange other) {
    return new BlockChange(
        part,
        name,
        weights + other.weights,
        Math.hypot(change, other.change),
        Math.hypot(weight, other.weight));
  }
}
