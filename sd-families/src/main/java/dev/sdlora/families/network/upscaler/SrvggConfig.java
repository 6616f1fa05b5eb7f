package dev.sdlora.families.network.upscaler;

import dev.sdlora.families.network.WeightList;
import java.util.List;
import java.util.Map;

/**
 * The dimensions of a compact upscaler.
 *
 * @param features channels of all layers
 * @param activated convolutions followed by an activation; one more convolution comes last
 * @param factor the scale factor of each side
 */
public record SrvggConfig(int features, int activated, int factor) implements UpscalerConfig {

  @Override
  public Map<String, List<Long>> weights() {
    WeightList list = new WeightList();
    for (int i = 0; i < activated; i++) {
      list.conv("body." + 2 * i, i == 0 ? 3 : features, features, 3);
      list.add("body." + (2 * i + 1) + ".weight", features);
    }
    list.conv("body." + 2 * activated, features, 3L * factor * factor, 3);
    return list.shapes();
  }
}
