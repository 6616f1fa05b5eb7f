package dev.sdlora.api.lora;

import dev.sdlora.api.model.BlockChange;
import dev.sdlora.api.model.ModelPart;
import java.util.ArrayList;
import java.util.List;

/**
 * The combined effect of several LoRAs on a checkpoint: the weights that they share, whether their
 * changes there add up or cancel, and how far the sum moves each block. Immutable.
 *
 * @param loras the number of LoRAs that were measured
 * @param blocks the parts of the networks that any of them changes, in the order of the networks
 */
public record LoraConflicts(int loras, List<Block> blocks) {
  /**
   * The relative change of a block of the U-Net above which images suffer, as measured on the
   * bundled model: {@value}. Requests whose LoRAs move a block further have a warning in their
   * result.
   */
  public static final double HARMFUL_SHARE = 0.3;

  /**
   * Copies the list.
   *
   * @param loras the number of LoRAs
   * @param blocks the parts of the networks; copied
   */
  public LoraConflicts {
    blocks = List.copyOf(blocks);
  }

  /** {@return every pair of two LoRAs, over all blocks} */
  public List<Pair> pairs() {
    List<Pair> pairs = new ArrayList<>();
    for (int first = 0; first < loras; first++) {
      for (int second = first + 1; second < loras; second++) {
        Pair pair = new Pair(first, second, 0, 0, 0, 0);
        for (Block block : blocks) {
          pair = pair.plus(block.pair(first, second));
        }
        pairs.add(pair);
      }
    }
    return pairs;
  }

  /** {@return the blocks of the U-Net that the sum moves further than {@link #HARMFUL_SHARE}} */
  public List<Block> harmful() {
    return blocks.stream().filter(block -> isHarmful(block.sum())).toList();
  }

  /**
   * {@return whether a block of the U-Net is moved further than {@link #HARMFUL_SHARE}} False for
   * text encoders, for which no limit was measured.
   *
   * @param block the change of a block
   */
  public static boolean isHarmful(BlockChange block) {
    return block.part() == ModelPart.UNET && block.relative() > HARMFUL_SHARE;
  }

  /**
   * The changes of the LoRAs to one part of a network.
   *
   * @param part the network
   * @param name the name of the block, as in {@link BlockChange}
   * @param weights the number of weights that any of them changes
   * @param weight the norm of those weights
   * @param pairs every pair of LoRAs, including each with itself, in the order of the LoRAs
   */
  public record Block(ModelPart part, String name, int weights, double weight, List<Pair> pairs) {
    /**
     * Copies the list.
     *
     * @param part the network
     * @param name the name of the block
     * @param weights the number of changed weights
     * @param weight the norm of those weights
     * @param pairs every pair of LoRAs; copied
     */
    public Block {
      pairs = List.copyOf(pairs);
    }

    /**
     * {@return the pair of two LoRAs in this block}
     *
     * @param first the index of one LoRA, from 0
     * @param second the index of the other, which may be the same
     * @throws IllegalArgumentException if there is no LoRA with this index
     */
    public Pair pair(int first, int second) {
      int low = Math.min(first, second);
      int high = Math.max(first, second);
      return pairs.stream()
          .filter(pair -> pair.first() == low && pair.second() == high)
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "there is no pair of LoRAs %s and %s".formatted(first, second)));
    }

    /**
     * {@return the change made by one LoRA alone, over the weights that any of them changes}
     *
     * @param lora the index of the LoRA, from 0
     * @throws IllegalArgumentException if there is no LoRA with this index
     */
    public BlockChange alone(int lora) {
      Pair own = pair(lora, lora);
      return new BlockChange(part, name, own.shared(), own.change(), weight);
    }

    /** {@return the change made by all of them together} */
    public BlockChange sum() {
      double squares = 0;
      for (Pair pair : pairs) {
        squares += (pair.first() == pair.second() ? 1 : 2) * pair.product();
      }
      // Changes that cancel leave a rounding error, which may be below zero.
      return new BlockChange(part, name, weights, Math.sqrt(Math.max(0, squares)), weight);
    }

    /**
     * {@return the size of the sum relative to that of unrelated changes of the same sizes} 1 if
     * the changes are unrelated, more if they add up, less if they cancel; at most the square root
     * of the number of LoRAs.
     */
    public double growth() {
      double squares =
          pairs.stream()
              .filter(pair -> pair.first() == pair.second())
              .mapToDouble(Pair::product)
              .sum();
      return squares == 0 ? 1 : sum().change() / Math.sqrt(squares);
    }
  }

  /**
   * A pair of LoRAs in a block, or in all blocks.
   *
   * @param first the index of one LoRA, from 0
   * @param second the index of the other; the same for one alone
   * @param shared the number of weights that both change
   * @param product the sum of the products of their changes
   * @param change the norm of the first one's changes
   * @param other the norm of the second one's changes
   */
  public record Pair(
      int first, int second, int shared, double product, double change, double other) {

    /**
     * {@return the cosine between the changes: 1 if they differ only in size, 0 if they are
     * unrelated, -1 if one undoes the other} 0 if one of them changes nothing.
     */
    public double cosine() {
      double norms = change * other;
      return norms == 0 ? 0 : Math.max(-1, Math.min(1, product / norms));
    }

    private Pair plus(Pair more) {
      return new Pair(
          first,
          second,
          shared + more.shared,
          product + more.product,
          Math.hypot(change, more.change),
          Math.hypot(other, more.other));
    }
  }
}
