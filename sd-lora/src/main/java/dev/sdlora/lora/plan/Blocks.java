package dev.sdlora.lora.plan;

import dev.sdlora.api.lora.BlockWeights;
import java.util.Collection;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which block of a U-Net a layer is in, by the numbers that Stability's code gives to blocks and
 * the names that {@link BlockWeights} has. How many residual blocks a level has is read off the
 * weights: two in the published models, one in small ones made of them.
 */
public final class Blocks {
  private static final Pattern BLOCK =
      Pattern.compile(
          "(down|up)_blocks\\.(\\d+)\\.(resnets|attentions|downsamplers|upsamplers)\\.(\\d+)\\..*");

  private static final Pattern FIRST_LEVEL =
      Pattern.compile("down_blocks\\.0\\.resnets\\.(\\d+)\\..*");

  /** Residual blocks on each level of the way down; there is one more on the way up. */
  private final int layers;

  /** The blocks of a U-Net with these weights, under their diffusers names. */
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
   * The block of a weight; {@link BlockWeights#BASE} for those that are in none.
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
    // On the way down, block 0 is conv_in and each level ends in a block of its downsampler; on the
    // way up, a level has one more residual block, and the upsampler is in the block of the last.
    return block.group(1).equals("down")
        ? String.format(Locale.ROOT, "IN%02d", 1 + level + index)
        : String.format(Locale.ROOT, "OUT%02d", level + index);
  }
}
