package dev.sdlora.training;

import dev.sdlora.lora.make.AdapterModule;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.training.option.AdapterOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The layers to train and the kind and size of their changes. */
record AdapterSettings(
    int rank, double alpha, TrainedModules modules, boolean textEncoder, AdapterOptions options) {
  private static final String WEIGHT = ".weight";

  /** The layers of a network to train. */
  List<AdapterModule> modules(Network network, Map<String, List<Long>> weights) {
    List<AdapterModule> found = new ArrayList<>();
    weights.forEach(
        (weight, shape) -> {
          if (weight.endsWith(WEIGHT) && (shape.size() == 2 || shape.size() == 4)) {
            String layer = weight.substring(0, weight.length() - WEIGHT.length());
            if (modules.include(network, layer)) {
              found.add(new AdapterModule(network, layer, shape, rank));
            }
          }
        });
    return found;
  }
}
