package dev.sdlora.api;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Map;

/**
 * How far one checkpoint is from another: what would have to be added to the weights of the first
 * to get those of the second. Immutable.
 *
 * @param from the checkpoint whose weights are the measure
 * @param to the other one
 * @param blocks the parts of text encoders, U-Net and VAE, in the order of the networks; of each,
 *     what is added and how large the weights of the first are
 * @param notCompared the weights that only one of them has, or that differ in shape, such as the
 *     first layer of an inpainting model; by network and name inside this library
 */
public record CheckpointDistance(
    Checkpoint from, Checkpoint to, List<LoraEffect.Block> blocks, List<String> notCompared) {

  /**
   * Copies the lists.
   *
   * @param from the checkpoint whose weights are the measure
   * @param to the other one
   * @param blocks copied
   * @param notCompared copied
   */
  public CheckpointDistance {
    blocks = List.copyOf(blocks);
    notCompared = List.copyOf(notCompared);
  }

  /** {@return the sum over the blocks of each network, under the name {@code all}} */
  public Map<ModelPart, LoraEffect.Block> byPart() {
    return LoraEffect.Block.byPart(blocks);
  }

  /** {@return the distance over all networks as a share of the first's weights} */
  public double relative() {
    return LoraEffect.Block.all(blocks).relative();
  }

  /**
   * Draws the relative distance of each block as a bar.
   *
   * @return a new picture, as high as the list of blocks
   */
  public BufferedImage chart() {
    return LoraEffect.Block.chart(
        "distance of %s from %s as a share of its weights".formatted(to.name(), from.name()),
        blocks);
  }
}
