package dev.sdlora.pipeline.network;

import java.util.List;
import java.util.Map;

/**
 * The dimensions of a T2I-Adapter.
 *
 * @param inChannels colours that it sees, 3 or 1
 * @param channels channels of its output for each level of the U-Net's way down
 * @param blocks residual blocks at each level
 * @param kernel side of the kernels that end a block and change channels, 1 or 3
 */
public record T2iAdapterConfig(int inChannels, List<Integer> channels, int blocks, int kernel) {
  /** How many pixels become channels: a square of 8. */
  public static final int SQUARE = 64;

  /** Copies the list. */
  public T2iAdapterConfig {
    channels = List.copyOf(channels);
  }

  /** The names and shapes of all weights. */
  public Map<String, List<Long>> weights() {
    WeightList list = new WeightList();
    int in = channels.get(0);
    list.conv("conv_in", (long) SQUARE * inChannels, in, 3);
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
