package dev.sdlora.api;

import java.awt.image.BufferedImage;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * How far a LoRA at its strengths moves the weights of a checkpoint. Immutable.
 *
 * @param lora the adapter, with the strengths that were measured
 * @param checkpoint the checkpoint whose weights it would change
 * @param matched how many of its modules belong to a layer of the checkpoint
 * @param unmatched its modules that belong to none, under the names that they have in the file
 * @param blocks the parts of the networks that it changes, in the order of the networks
 */
public record LoraEffect(
    LoraAdapter lora,
    Checkpoint checkpoint,
    int matched,
    List<String> unmatched,
    List<Block> blocks) {

  /**
   * Copies the lists.
   *
   * @param lora the adapter
   * @param checkpoint the checkpoint
   * @param matched the number of modules with a layer
   * @param unmatched copied
   * @param blocks copied
   */
  public LoraEffect {
    unmatched = List.copyOf(unmatched);
    blocks = List.copyOf(blocks);
  }

  /** {@return how many modules the file has} */
  public int modules() {
    return matched + unmatched.size();
  }

  /**
   * {@return the sum over the blocks of each network, under the name {@code all}} Networks that the
   * LoRA leaves alone are left out.
   */
  public Map<ModelPart, Block> byPart() {
    return Block.byPart(blocks);
  }

  /**
   * Draws the share of each block as a bar.
   *
   * @return a new picture, as high as the list of blocks
   */
  public BufferedImage chart() {
    return Block.chart(
        "change by %s as a share of the weights of %s".formatted(lora.name(), checkpoint.name()),
        blocks);
  }

  /**
   * {@return whether any weight differs from the checkpoint's} A LoRA whose training has not begun
   * has modules and changes nothing, and so has one at strength 0.
   */
  public boolean changesAnything() {
    return blocks.stream().anyMatch(block -> block.change() > 0);
  }

  /**
   * The change of one part of a network. Norms are those of Frobenius, the root of the sum of
   * squares, over the weights that are changed; others of the part do not count.
   *
   * @param part the network
   * @param name what people call it. In the U-Net, as in block weights: {@code IN00} to {@code
   *     IN11}, {@code MID}, {@code OUT00} to {@code OUT11}, by the places of Stability's code, or
   *     the layer outside of them, such as {@code time_embedding}; in a text encoder {@code layer
   *     0} and so on; in a VAE {@code encoder 0}, {@code decoder mid} and so on
   * @param weights how many weights are changed
   * @param change the norm of what is added to them
   * @param weight their own norm
   */
  public record Block(ModelPart part, String name, int weights, double change, double weight) {

    /**
     * {@return the change as a share of the weights: 0 does nothing, 1 is as large as what was
     * learnt before} Infinite if weights that are all 0 are changed.
     */
    public double relative() {
      return change == 0 ? 0 : change / weight;
    }

    /** The sum over the blocks of each network, under the name {@code all}. */
    static Map<ModelPart, Block> byPart(List<Block> blocks) {
      Map<ModelPart, Block> sums = new EnumMap<>(ModelPart.class);
      for (Block block : blocks) {
        sums.merge(block.part(), block.named("all"), Block::plus);
      }
      return sums;
    }

    /** All blocks as one; of no weights if there are none. */
    static Block all(List<Block> blocks) {
      return blocks.stream().reduce(new Block(ModelPart.OTHER, "all", 0, 0, 0), Block::plus);
    }

    static BufferedImage chart(String title, List<Block> blocks) {
      BarChart chart = new BarChart(title, List.of());
      blocks.forEach(
          block -> chart.bars(block.part().label(), block.name(), List.of(block.relative())));
      return chart.draw();
    }

    private Block named(String other) {
      return new Block(part, other, weights, change, weight);
    }

    /** Blocks share no weights, so that squares add up. */
    private Block plus(Block other) {
      return new Block(
          part,
          name,
          weights + other.weights,
          Math.hypot(change, other.change),
          Math.hypot(weight, other.weight));
    }
  }
}
