package dev.sdlora.training;

import dev.sdlora.api.ErrorDetails;
import dev.sdlora.lora.make.AdapterModule;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.pipeline.checkpoint.ModelFiles;
import dev.sdlora.pipeline.network.Prediction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Which layers are trained, and how much a change of them can hold. */
record AdapterSettings(int rank, double alpha, TrainedModules modules, boolean textEncoder) {
  private static final String WEIGHT = ".weight";

  /**
   * The layers of a checkpoint that are trained.
   *
   * @throws TrainingException if it has none of them, or predicts what no loss here is made for
   */
  List<AdapterModule> modules(ModelFiles model) {
    if (model.prediction() != Prediction.EPSILON) {
      throw new TrainingException(
          "checkpoint '%s' predicts velocity; this version trains on models that predict noise"
              .formatted(model.checkpoint().path()),
          ErrorDetails.in(model.checkpoint().path()));
    }
    List<AdapterModule> found = new ArrayList<>();
    add(found, Network.UNET, model.unet().config().weights());
    if (textEncoder) {
      add(found, Network.TEXT_ENCODER, model.textEncoders().get(0).config().weights());
    }
    if (found.stream().noneMatch(module -> module.network() == Network.UNET)) {
      throw new TrainingException(
          "checkpoint '%s' has no layers to train: none of its U-Net's layers is among modules %s, expected"
                  .formatted(model.checkpoint().path(), modules)
              + " attention inside transformers",
          ErrorDetails.in(model.checkpoint().path()));
    }
    return found;
  }

  private void add(List<AdapterModule> found, Network network, Map<String, List<Long>> weights) {
    weights.forEach(
        (weight, shape) -> {
          if (weight.endsWith(WEIGHT) && (shape.size() == 2 || shape.size() == 4)) {
            String layer = weight.substring(0, weight.length() - WEIGHT.length());
            if (modules.include(network, layer)) {
              found.add(new AdapterModule(network, layer, shape, rank));
            }
          }
        });
  }
}
