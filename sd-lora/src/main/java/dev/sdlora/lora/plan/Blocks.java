package dev.sdlora.lora.plan;

import dev.sdlora.api.BlockWeights;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which block of a model a layer is in, by the names that {@link BlockWeights} has. */
final class Blocks {
  private static final Pattern BLOCK =
      Pattern.compile(
          "(down|up)_blocks\\.(\\d+)\\.(resnets|attentions|downsamplers|upsamplers)\\.(\\d+)\\..*");

  /** Residual blocks in each level on the way down, in all published models. */
  private static final int LAYERS = 2;

  private Blocks() {}

  /**
   * The block of a weight.
   *
   * @param weight its diffusers name
   */
  static String of(Network network, String weight) {
    if (network != Network.UNET) {
      return BlockWeights.BASE;
    }
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
    int level = Integer.parseInt(block.group(2));
    int index = block.group(3).endsWith("samplers") ? LAYERS : Integer.parseInt(block.group(4));
    // On the way down, block 0 is conv_in and each level ends in a block of its downsampler; on the
    // way up, a level has one more residual block, and the upsampler is in the block of the last.
    return block.group(1).equals("down")
        ? String.format(Locale.ROOT, "IN%02d", 1 + level * (LAYERS + 1) + index)
        : String.format(Locale.ROOT, "OUT%02d", level * (LAYERS + 1) + index);
  }
}
