package dev.sdlora.lora.plan;

import dev.sdlora.api.lora.BlockWeights;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Assigns the layers of a denoiser to blocks, named as in {@link BlockWeights}. The blocks of
 * transformers have the numbers of their names, those of a U-Net are numbered as in Stability's
 * code. The number of residual blocks in a level is derived from the weights: two in the published
 * models, one in small models derived from them.
 */
public final class Blocks {
  private static final Pattern BLOCK =
      Pattern.compile(
          "(down|up)_blocks\\.(\\d+)\\.(resnets|attentions|downsamplers|upsamplers)\\.(\\d+)\\..*");

  private static final Pattern TRANSFORMER_BLOCK =
      Pattern.compile(
          "(transformer_blocks|single_transformer_blocks|noise_refiner|context_refiner|layers)"
              + "\\.(\\d+)\\..*");

  private static final Map<String, String> LETTERS =
      Map.of(
          "transformer_blocks", "D",
          "single_transformer_blocks", "S",
          "noise_refiner", "N",
          "context_refiner", "C",
          "layers", "L");

  private static final Pattern FIRST_LEVEL =
      Pattern.compile("down_blocks\\.0\\.resnets\\.(\\d+)\\..*");

  /** The number of residual blocks in each down level; an up level has one more. */
  private final int layers;

  /** Creates the blocks of a denoiser with these weights, given by their diffusers names. */
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
    Matcher transformer = TRANSFORMER_BLOCK.matcher(weight);
    if (transformer.matches()) {
      return LETTERS.get(transformer.group(1))
          + String.format(Locale.ROOT, "%02d", Integer.parseInt(transformer.group(2)));
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
