package dev.sdlora.families.network.upscaler;

import dev.sdlora.families.network.WeightList;
import java.util.List;
import java.util.Map;

/**
 * The dimensions of an ESRGAN generator.
 *
 * @param features channels between blocks
 * @param growth channels that each convolution of a dense block adds
 * @param blocks residual-in-residual dense blocks
 * @param unshuffle the side of the pixel squares that become channels at the start, 1 for none
 * @param doublings number of times the side is doubled at the end
 */
public record RrdbConfig(int features, int growth, int blocks, int unshuffle, int doublings)
    implements UpscalerConfig {

  @Override
  public int factor() {
    return (1 << doublings) / unshuffle;
  }

  @Override
  public Map<String, List<Long>> weights() {
    WeightList list = new WeightList();
    list.conv("conv_first", 3L * unshuffle * unshuffle, features, 3);
    for (int i = 0; i < blocks; i++) {
      for (int j = 1; j <= 3; j++) {
        String dense = "body." + i + ".rdb" + j + ".conv";
        for (int k = 0; k < 4; k++) {
          list.conv(dense + (k + 1), features + (long) k * growth, growth, 3);
        }
        list.conv(dense + 5, features + 4L * growth, features, 3);
      }
    }
    list.conv("conv_body", features, features, 3);
    for (int i = 1; i <= doublings; i++) {
      list.conv("conv_up" + i, features, features, 3);
    }
    list.conv("conv_hr", features, features, 3);
    list.conv("conv_last", features, 3, 3);
    return list.shapes();
  }
}
