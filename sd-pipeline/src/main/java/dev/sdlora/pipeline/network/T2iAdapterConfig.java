package dev.sdlora.pipeline.network;

import java.util.List;
import java.util.Map;

/**
 * The dimensions of a T2I-Adapter.
 *
 * @param inChannels colours that it sees, 3 or 1
 * @param side of the squares of pixels that become channels: 8, or 16 in those for SDXL
 * @param channels channels of its outputs: for each level of the U-Net's way down, and in those for
 *     SDXL for the middle
 * @param blocks residual blocks at each level
 * @param kernel side of the kernels that end a block and change channels, 1 or 3
 */
public record T2iAdapterConfig(
    int inChannels, int side, List<Integer> channels, int blocks, int kernel) {
  /** The side of squares for U-Nets whose first level has no transformers. */
  private static final int SDXL_SIDE = 16;

  /** Copies the list. */
  public T2iAdapterConfig {
    channels = List.copyOf(channels);
  }

  /**
   * Likewise, by what the first layer reads.
   *
   * @param firstChannels channels of all pixels of a square
   */
  public static T2iAdapterConfig of(
      int firstChannels, List<Integer> channels, int blocks, int kernel) {
    int side = firstChannels % (SDXL_SIDE * SDXL_SIDE) == 0 ? SDXL_SIDE : SDXL_SIDE / 2;
    return new T2iAdapterConfig(firstChannels / (side * side), side, channels, blocks, kernel);
  }

  /** Whether it is made for SDXL, whose middle it steers too. */
  public boolean isForSdxl() {
    return side == SDXL_SIDE;
  }

  /** Whether its outputs can be added to what a U-Net computes. */
  public boolean fitsBeside(UNetConfig unet) {
    int levels = isForSdxl() ? channels.size() - 1 : channels.size();
    return isForSdxl() == unet.vectorWidth() > 0
        && channels.subList(0, levels).equals(unet.channels())
        && channels.get(channels.size() - 1).equals(unet.channels().get(unet.levels() - 1));
  }

  /** The names and shapes of all weights. */
  public Map<String, List<Long>> weights() {
    WeightList list = new WeightList();
    int in = channels.get(0);
    list.conv("conv_in", (long) side * side * inChannels, in, 3);
    for (int i = 0; i < channels.size() * blocks; i++) {
      int out = channels.get(i / blocks);
      if (in != out) {
        list.conv("body." + i + ".in_conv", in, out, kernel);
      }
      list.conv("body." + i + ".block1", out, out, 3);
      list.conv("body." + i + ".block2", out, out, kernel);
      in = out;
    }
    return list.shapes();
  }
}
