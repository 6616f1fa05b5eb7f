package dev.sdlora.demo.scratch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Dimensions of a small convolutional network that classifies images.
 *
 * @param side the side of images in pixels, 4 times a power of two
 * @param channels the channels after the patches of 4×4 pixels and after each layer that halves the
 *     sides; multiples of 8
 * @param features the number of features from which the classes are predicted
 * @param classes the number of classes
 */
public record ClassifierConfig(int side, List<Integer> channels, int features, int classes) {
  private static final long PATCH = 4;

  /** Copies the list. */
  public ClassifierConfig {
    channels = List.copyOf(channels);
  }

  /** Returns the number of layers after the patches. */
  int layers() {
    return channels.size() - 1;
  }

  Map<String, List<Long>> weights() {
    Map<String, List<Long>> weights = new LinkedHashMap<>();
    put(weights, "patches", channels.get(0), 3, PATCH, PATCH);
    for (int i = 0; i < layers(); i++) {
      put(weights, "layers." + i + ".norm", channels.get(i));
      put(weights, "layers." + i, channels.get(i + 1), channels.get(i), 3, 3);
    }
    long last = channels.get(layers());
    long places = (side / PATCH) >> layers();
    put(weights, "norm", last);
    put(weights, "features", features, last * places * places);
    put(weights, "features_norm", features);
    put(weights, "classes", classes, features);
    return weights;
  }

  private static void put(Map<String, List<Long>> weights, String name, long out, long... in) {
    List<Long> shape = new ArrayList<>(List.of(out));
    for (long size : in) {
      shape.add(size);
    }
    weights.put(name + ".weight", shape);
    weights.put(name + ".bias", List.of(out));
  }
}
