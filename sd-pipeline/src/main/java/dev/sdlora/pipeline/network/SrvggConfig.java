package dev.sdlora.pipeline.network;

import java.util.List;
import java.util.Map;

/**
 * The dimensions of a compact upscaler.
 *
 * @param features channels of all layers
 * @param activated convolutions that an activation follows; one more comes after them
 * @param factor how many times wider and higher an image becomes
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
