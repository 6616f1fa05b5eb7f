package dev.sdlora.families.network.vae;

import dev.sdlora.families.network.WeightList;
import java.util.List;
import java.util.Map;

/**
 * The dimensions of a TAESD decoder, or of one of its successors: TAESDXL, TAESD3, TAEF1, TAEF2.
 *
 * @param latentChannels channels of a latent
 * @param width channels of all layers
 * @param blocks residual blocks at each resolution, from the smallest to the largest
 * @param isPooled whether a block at the smallest resolution first adds a branch that is normalised
 *     over the whole image, as TAEF2's do
 */
public record TinyDecoderConfig(
    int latentChannels, int width, List<Integer> blocks, boolean isPooled) {
  /** The residual blocks of all published decoders. */
  public static final List<Integer> BLOCKS = List.of(3, 3, 3, 1);

  /** Channels of such a branch for each channel of the block. */
  private static final long POOL = 4;

  /** Creates a configuration without such branches. */
  public TinyDecoderConfig(int latentChannels, int width, List<Integer> blocks) {
    this(latentChannels, width, blocks, false);
  }

  /** Copies the list. */
  public TinyDecoderConfig {
    blocks = List.copyOf(blocks);
  }

  /** Returns the names and shapes of all weights; the numbering includes layers without weights. */
  public Map<String, List<Long>> weights() {
    WeightList list = new WeightList();
    String name = "decoder.layers.";
    list.conv(name + 0, latentChannels, width, 3);
    int layer = 2;
    for (int i = 0; i < blocks.size(); i++) {
      for (int j = 0; j < blocks.get(i); j++) {
        for (int part = 0; part <= 4; part += 2) {
          list.conv(name + layer + ".conv." + part, width, width, 3);
        }
        if (isPooled && i == 0) {
          long wide = POOL * width;
          String pool = name + layer + ".pool.";
          list.add(pool + "0.weight", wide, width, 1, 1);
          list.norm(pool + 1, wide);
          list.add(pool + "3.weight", width, wide, 1, 1);
        }
        layer++;
      }
      if (i < blocks.size() - 1) {
        list.add(name + (layer + 1) + ".weight", width, width, 3, 3);
        layer += 2;
      }
    }
    list.conv(name + layer, width, 3, 3);
    return list.shapes();
  }
}
