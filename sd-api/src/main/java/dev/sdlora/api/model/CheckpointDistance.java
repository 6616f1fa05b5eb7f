package dev.sdlora.api.model;

import java.util.List;
import java.util.Map;

/**
 * The distance between two checkpoints: the changes that turn the weights of the first into those
 * of the second. Immutable.
 *
 * @param blocks the parts of text encoders, U-Net and VAE, in the order of the networks, with the
 *     changes and the norms of the first checkpoint's weights
 * @param notCompared weights that only one of them has, or that differ in shape, such as the first
 *     layer of an inpainting model; by network and diffusers name
 */
public record CheckpointDistance(List<BlockChange> blocks, List<String> notCompared) {

  /**
   * Copies the lists.
   *
   * @param blocks the parts of the networks; copied
   * @param notCompared the names of weights; copied
   */
  public CheckpointDistance {
    blocks = List.copyOf(blocks);
    notCompared = List.copyOf(notCompared);
  }

  /** {@return the sum over the blocks of each network} */
  public Map<ModelPart, BlockChange> byPart() {
    return BlockChange.byPart(blocks);
  }

  /** {@return the distance over all networks, relative to the first checkpoint's weights} */
  public double relative() {
    return BlockChange.sum(blocks).relative();
  }
}
