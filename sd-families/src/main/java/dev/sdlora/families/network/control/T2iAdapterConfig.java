package dev.sdlora.families.network.control;

import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.families.network.WeightList;
import java.util.List;
import java.util.Map;

/**
 * The dimensions of a T2I-Adapter.
 *
 * @param inChannels colour channels of the control image, 3 or 1
 * @param side the side of the pixel squares that become channels: 8, or 16 for SDXL
 * @param channels channels of the outputs: one for each level of the U-Net's encoder, and for SDXL
 *     one for the middle block
 * @param blocks residual blocks at each level
 * @param kernel side of the kernels that end a block and change channels, 1 or 3
 */
public record T2iAdapterConfig(
    int inChannels, int side, List<Integer> channels, int blocks, int kernel) {
  /** The side of squares for U-Nets without transformers in the first level. */
  private static final int SDXL_SIDE = 16;

  /** Copies the list. */
  public T2iAdapterConfig {
    channels = List.copyOf(channels);
  }

  /**
   * Creates a configuration from the input channels of the first layer.
   *
   * @param firstChannels channels of all pixels of a square
   * @param channels channels of the outputs
   * @param blocks residual blocks at each level
   * @param kernel side of the kernels that end a block and change channels, 1 or 3
   */
  public static T2iAdapterConfig of(
      int firstChannels, List<Integer> channels, int blocks, int kernel) {
    int side = firstChannels % (SDXL_SIDE * SDXL_SIDE) == 0 ? SDXL_SIDE : SDXL_SIDE / 2;
    return new T2iAdapterConfig(firstChannels / (side * side), side, channels, blocks, kernel);
  }

  /** Whether it is for SDXL, whose middle block it also steers. */
  public boolean isForSdxl() {
    return side == SDXL_SIDE;
  }

  /** Whether the outputs fit a U-Net. */
  public boolean fitsBeside(UNetConfig unet) {
    int levels = isForSdxl() ? channels.size() - 1 : channels.size();
    return isForSdxl() == unet.vectorWidth() > 0
        && channels.subList(0, levels).equals(unet.channels())
        && channels.get(channels.size() - 1).equals(unet.channels().get(unet.levels() - 1));
  }

  /** Returns the names and shapes of all weights. */
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
