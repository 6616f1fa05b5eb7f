package dev.sdlora.families.network.control;

import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.families.network.WeightList;
import java.util.List;
import java.util.Map;

/**
 * The dimensions of a ControlNet: those of the U-Net whose encoder and middle block it copies, and
 * of the layers that encode the control image.
 *
 * @param unet the U-Net; the decoder is not used
 * @param hint channels of the layers that encode the control image, at each resolution
 */
public record ControlNetConfig(UNetConfig unet, List<Integer> hint) {

  /** Copies the list and removes the U-Net's decoder. */
  public ControlNetConfig {
    unet = unet.withoutWayUp();
    hint = List.copyOf(hint);
  }

  /** The number of layers that encode the control image, between the first and the last. */
  public int hintBlocks() {
    return 2 * (hint.size() - 1);
  }

  /**
   * The number of outputs: one for each output of the U-Net's encoder, and one for the middle
   * block.
   */
  public int outputs() {
    return unet.skips().size() + 1;
  }

  /** Returns the names and shapes of all weights. */
  public Map<String, List<Long>> weights() {
    WeightList list = new WeightList();
    unet.encoder(list);
    String name = "controlnet_cond_embedding.";
    list.conv(name + "conv_in", 3, hint.get(0), 3);
    for (int i = 0; i < hint.size() - 1; i++) {
      list.conv(name + "blocks." + 2 * i, hint.get(i), hint.get(i), 3);
      list.conv(name + "blocks." + (2 * i + 1), hint.get(i), hint.get(i + 1), 3);
    }
    list.conv(name + "conv_out", hint.get(hint.size() - 1), unet.channels().get(0), 3);
    List<Integer> skips = unet.skips();
    for (int i = 0; i < skips.size(); i++) {
      list.conv("controlnet_down_blocks." + i, skips.get(i), skips.get(i), 1);
    }
    int last = unet.channels().get(unet.levels() - 1);
    list.conv("controlnet_mid_block", last, last, 1);
    return list.shapes();
  }
}
