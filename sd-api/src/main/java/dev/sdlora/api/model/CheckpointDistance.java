package dev.sdlora.api.model;

import java.util.List;
import java.util.Map;

/**
 * How far one checkpoint is from another: what would have to be added to the weights of the first
 * to get those of the second. Immutable.
 *
 * @param blocks the parts of text encoders, U-Net and VAE, in the order of the networks, with what
 *     is added and the norm of the first's weights
 * @param notCompared weights that only one of them has, or that differ in shape, such as the first
 *     layer of an inpainting model; by network and diffusers name
 */
public record CheckpointDistance(List<BlockChange> blocks, List<String> notCompared) {

  /**
   * Copies the lists.
   *
   * @param blocks copied
   * @param notCompared copied
   */
  public CheckpointDistance {
    blocks = List.copyOf(blocks);
    notCompared = List.copyOf(notCompared);
  }

  /** {@return the sum over the blocks of each network} */
  public Map<ModelPart, BlockChange> byPart() {
    return BlockChange.byPart(blocks);
  }

  /** {@return the distance over all networks as a share of the first's weights} */
  public double relative() {
    return BlockChange.sum(blocks).relative();
  }
}
