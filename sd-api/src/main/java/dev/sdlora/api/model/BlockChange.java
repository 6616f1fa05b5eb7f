package dev.sdlora.api.model;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The change of one part of a network. Norms are Frobenius norms, the square root of the sum of
 * squares, over the changed weights only.
 *
 * @param part the network
 * @param name the name of the block. In the U-Net, as in block weights: {@code IN00} to {@code
 *     IN11}, {@code MID}, {@code OUT00} to {@code OUT11}, numbered as in Stability's code, or a
 *     layer outside the blocks, such as {@code time_embedding}; in a text encoder {@code layer 0}
 *     and so on; in a VAE {@code encoder 0}, {@code decoder mid} and so on
 * @param weights the number of changed weights
 * @param change the norm of the change
 * @param weight the norm of these weights before the change
 */
public record BlockChange(ModelPart part, String name, int weights, double change, double weight) {

  /**
   * {@return the change relative to the weights: 0 for no change, 1 for a change as large as the
   * weights} Infinite if weights that are all 0 are changed.
   */
  public double relative() {
    return change == 0 ? 0 : change / weight;
  }

  /**
   * Sums the blocks of each network.
   *
   * @param blocks blocks that share no weights
   * @return one block named {@code all} for each network with blocks
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
   * @param blocks blocks that share no weights
   * @return one block named {@code all}; without weights if there are no blocks
   */
  public static BlockChange sum(List<BlockChange> blocks) {
    return blocks.stream()
        .reduce(new BlockChange(ModelPart.OTHER, "all", 0, 0, 0), BlockChange::plus);
  }

  private BlockChange named(String other) {
    return new BlockChange(part, other, weights, change, weight);
  }

  /** Adds squares, because blocks share no weights. */
  private BlockChange plus(BlockChange other) {
    return new BlockChange(
        part,
        name,
        weights + other.weights,
        Math.hypot(change, other.change),
        Math.hypot(weight, other.weight));
  }
}
