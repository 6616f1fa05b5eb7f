package dev.sdlora.api;

import dev.sdlora.api.service.Services;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * What several LoRAs do to a checkpoint together: which weights they share, whether their changes
 * there add up or cancel, and how far the sum moves each block. Immutable.
 *
 * @param loras the adapters, with the strengths that were measured
 * @param checkpoint the checkpoint whose weights they would change
 * @param blocks the parts of the networks that any of them changes, in the order of the networks
 */
public record LoraConflicts(List<LoraAdapter> loras, Checkpoint checkpoint, List<Block> blocks) {
  /**
   * The share of its own weights by which a sum of changes may move a block of the U-Net before
   * pictures suffer, as measured on the bundled model: {@value}. Requests whose LoRAs move a block
   * further have a warning in their result.
   */
  public static final double HARMFUL_SHARE = 0.3;

  /**
   * Copies the lists.
   *
   * @param loras copied
   * @param checkpoint the checkpoint
   * @param blocks copied
   */
  public LoraConflicts {
    loras = List.copyOf(loras);
    blocks = List.copyOf(blocks);
  }

  /**
   * Measures LoRAs at their strengths; where those change over the steps, at their peak. Reads the
   * changed layers of the checkpoint and the LoRAs one after another, so it needs little memory and
   * no {@link Pipeline}; some seconds for files of full size. Changes that are products of two
   * factors are compared by their factors. Computes on the processor; an interrupt of the thread
   * ends it.
   *
   * @param loras at least one
   * @param checkpoint the model, of the family that they were trained for
   * @return what they do together
   * @throws IllegalArgumentException if there is no LoRA
   * @throws LoraException if one is for another family than the checkpoint, does not match or fit
   *     it, or holds NaN or infinity
   * @throws CheckpointException if the checkpoint cannot be read any more
   * @throws GenerationCancelledException if the thread was interrupted
   * @throws TensorFileException if a file is damaged
   */
  public static LoraConflicts of(List<LoraAdapter> loras, Checkpoint checkpoint) {
    Objects.requireNonNull(loras, "loras");
    Objects.requireNonNull(checkpoint, "checkpoint");
    if (loras.isEmpty()) {
      throw new IllegalArgumentException("loras must be at least one: " + loras);
    }
    return Services.find(Backend.Loras.class).conflicts(List.copyOf(loras), checkpoint);
  }

  /** {@return every two LoRAs, over all blocks} */
  public List<Pair> pairs() {
    List<Pair> pairs = new ArrayList<>();
    for (int first = 0; first < loras.size(); first++) {
      for (int second = first + 1; second < loras.size(); second++) {
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
   * {@return whether a block of the U-Net is moved further than {@link #HARMFUL_SHARE}} Nothing was
   * measured of text encoders.
   *
   * @param block the change of a block
   */
  public static boolean isHarmful(LoraEffect.Block block) {
    return block.part() == ModelPart.UNET && block.relative() > HARMFUL_SHARE;
  }

  /**
   * Draws for each block how far every LoRA moves it, and how far their sum does, as bars.
   *
   * @return a new picture, as high as the list of blocks
   */
  public BufferedImage chart() {
    List<String> series = new ArrayList<>();
    loras.forEach(lora -> series.add(lora.name()));
    series.add("sum");
    BarChart chart =
        new BarChart("changes as a share of the weights of " + checkpoint.name(), series);
    for (Block block : blocks) {
      List<Double> shares = new ArrayList<>();
      IntStream.range(0, loras.size()).forEach(i -> shares.add(block.alone(i).relative()));
      shares.add(block.sum().relative());
      chart.bars(block.part().label(), block.name(), shares);
    }
    return chart.draw();
  }

  /**
   * What the LoRAs do to one part of a network.
   *
   * @param part the network
   * @param name what people call it, as in {@link LoraEffect.Block}
   * @param weights how many weights any of them changes
   * @param weight the norm of those weights
   * @param pairs every two LoRAs, and each with itself, by the order of the LoRAs
   */
  public record Block(ModelPart part, String name, int weights, double weight, List<Pair> pairs) {
    /**
     * Copies the list.
     *
     * @param part the network
     * @param name of the block
     * @param weights how many are changed
     * @param weight their norm
     * @param pairs copied
     */
    public Block {
      pairs = List.copyOf(pairs);
    }

    /**
     * {@return two LoRAs in this block}
     *
     * @param first the place of one, from 0
     * @param second the place of the other, which may be the same
     * @throws IllegalArgumentException if there is no such LoRA
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
     * {@return what one LoRA does alone, over the weights that any of them changes}
     *
     * @param lora its place, from 0
     * @throws IllegalArgumentException if there is no such LoRA
     */
    public LoraEffect.Block alone(int lora) {
      Pair own = pair(lora, lora);
      return new LoraEffect.Block(part, name, own.shared(), own.change(), weight);
    }

    /** {@return what all of them do together} */
    public LoraEffect.Block sum() {
      double squares = 0;
      for (Pair pair : pairs) {
        squares += (pair.first() == pair.second() ? 1 : 2) * pair.product();
      }
      // Changes that cancel leave what rounding leaves, which may be less than nothing.
      return new LoraEffect.Block(part, name, weights, Math.sqrt(Math.max(0, squares)), weight);
    }

    /**
     * {@return how large the sum is beside changes of the same sizes that have nothing to do with
     * each other} 1 for such changes, more if they add up, less if they cancel; at most the root of
     * the number of LoRAs.
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
   * Two LoRAs in a block, or in all.
   *
   * @param first the place of one among the LoRAs, from 0
   * @param second the place of the other; the same for one alone
   * @param shared how many weights both change
   * @param product the sum of the products of their changes
   * @param change the norm of the first's changes
   * @param other the norm of the second's changes
   */
  public record Pair(
      int first, int second, int shared, double product, double change, double other) {

    /**
     * {@return the cosine between the changes: 1 if they are the same but for their size, 0 if they
     * have nothing to do with each other, -1 if one undoes the other} 0 if one changes nothing.
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
