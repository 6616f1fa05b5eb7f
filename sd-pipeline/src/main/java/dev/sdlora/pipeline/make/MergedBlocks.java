package dev.sdlora.pipeline.make;

import dev.sdlora.api.lora.BlockWeights;
import dev.sdlora.api.model.ModelFamily;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Maps tensors of a single file to the blocks of {@link BlockWeights} when checkpoints are merged.
 */
final class MergedBlocks {
  private static final String UNET = "model.diffusion_model.";

  /** Matches block numbers. Blocks have no longer numbers, but files may hold anything. */
  private static final Pattern NUMBERED =
      Pattern.compile("(input|output)_blocks\\.(\\d{1,3})\\..*");

  private static final String FIRST = "IN00";

  private MergedBlocks() {}

  /**
   * Returns the value for a tensor.
   *
   * @param name the name in the file
   * @param family the checkpoint's family
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
