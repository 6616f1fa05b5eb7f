package dev.sdlora.pipeline.make;

import dev.sdlora.api.lora.BlockWeights;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.lora.plan.Blocks;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.pipeline.make.tensors.StoredTensor;
import java.util.List;
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

  /** The blocks of transformers, which do not depend on the weights of the model. */
  private static final Blocks TRANSFORMER = new Blocks(List.of());

  private MergedBlocks() {}

  /**
   * Returns the value for a tensor.
   *
   * @param tensor a tensor of a file to write
   * @param family the checkpoint's family
   */
  static double value(BlockWeights values, StoredTensor tensor, ModelFamily family) {
    String block = family.isTransformer() ? ofTransformer(tensor) : of(tensor.name(), family);
    return values.weight(block, family);
  }

  /** Returns the block of a transformer's tensor, whose fused weights are all in one block. */
  private static String ofTransformer(StoredTensor tensor) {
    return tensor.pieces().stream()
        .flatMap(piece -> piece.weight().stream())
        .filter(weight -> weight.network() == Network.UNET)
        .map(weight -> TRANSFORMER.of(weight.name()))
        .findFirst()
        .orElse(BlockWeights.BASE);
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
      List<String> blocks = family.blocks().get(0);
      return blocks.get(blocks.size() - 1);
    }
    return FIRST;
  }
}
