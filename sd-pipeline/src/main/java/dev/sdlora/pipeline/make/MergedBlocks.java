package dev.sdlora.pipeline.make;

import dev.sdlora.api.lora.BlockWeights;
import dev.sdlora.api.model.ModelFamily;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which block of {@link BlockWeights} a tensor of a single file is in when checkpoints are merged.
 */
final class MergedBlocks {
  private static final String UNET = "model.diffusion_model.";

  /** A longer number is no block's, but files may hold anything beside their networks. */
  private static final Pattern NUMBERED =
      Pattern.compile("(input|output)_blocks\\.(\\d{1,3})\\..*");

  private static final String FIRST = "IN00";

  private MergedBlocks() {}

  /**
   * The value for a tensor.
   *
   * @param name in the file
   * @param family of the checkpoint
   */
  static double value(BlockWeights values, String name, ModelFamily family) {
    return values.weight(of(name, family), family);
  }

  private static String of(String name, ModelFamily family) {
    if (!name.startsWith(UNET)) {
      return BlockWeights.BASE;
    }
    String layer = name.substring(UNET.length());
    if (layer.startsWith("middle_block.")) {
      return BlockWeights.MID;
    }
    Matcher numbered = NUMBERED.matcher(layer);
    if (numbered.matches()) {
      String way = numbered.group(1).equals("input") ? "IN" : "OUT";
      return String.format(Locale.ROOT, "%s%02d", way, Integer.parseInt(numbered.group(2)));
    }
    if (layer.startsWith("out.")) {
      return family == ModelFamily.SDXL ? "OUT08" : "OUT11";
    }
    return FIRST;
  }
}
