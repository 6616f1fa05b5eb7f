package dev.sdlora.lora.plan;

import dev.sdlora.api.lora.BlockWeights;
import java.util.Collection;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Assigns the layers of a U-Net to blocks, numbered as in Stability's code and named as in {@link
 * BlockWeights}. The number of residual blocks in a level is derived from the weights: two in the
 * published models, one in small models derived from them.
 */
public final class Blocks {
  private static final Pattern BLOCK =
      Pattern.compile(
          "(down|up)_blocks\\.(\\d+)\\.(resnets|attentions|downsamplers|upsamplers)\\.(\\d+)\\..*");

  private static final Pattern FIRST_LEVEL =
      Pattern.compile("down_blocks\\.0\\.resnets\\.(\\d+)\\..*");

  /** The number of residual blocks in each down level; an up level has one more. */
  private final int layers;

  /** Creates the blocks of a U-Net with these weights, given by their diffusers names. */
  public Blocks(Collection<String> weights) {
    this.layers =
        weights.stream()
            .map(FIRST_LEVEL::matcher)
            .filter(Matcher::matches)
            .mapToInt(matcher -> Integer.parseInt(matcher.group(1)) + 1)
            .max()
            .orElse(2);
  }

  /**
   * The block of a weight; {@link BlockWeights#BASE} for weights outside of blocks.
   *
   * @param weight its diffusers name
   */
  public String of(String weight) {
    if (weight.startsWith("conv_in.")) {
      return "IN00";
    }
    if (weight.startsWith("mid_block.")) {
      return BlockWeights.MID;
    }
    Matcher block = BLOCK.matcher(weight);
    if (!block.matches()) {
      return BlockWeights.BASE;
    }
    int level = Integer.parseInt(block.group(2)) * (layers + 1);
    int index = block.group(3).endsWith("samplers") ? layers : Integer.parseInt(block.group(4));
    // In the down path, block 0 is conv_in and each level ends with a block for its downsampler. In
    // the up path, a level has one more residual block, and the upsampler belongs to its last
    // block.
    return block.group(1).equals("down")
        ? String.format(Locale.ROOT, "IN%02d", 1 + level + index)
        : String.format(Locale.ROOT, "OUT%02d", level + index);
  }
}
