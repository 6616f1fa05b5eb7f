package dev.sdlora.training;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.lora.make.AdapterModule;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.pipeline.checkpoint.ModelFiles;
import dev.sdlora.pipeline.network.ClipConfig;
import dev.sdlora.pipeline.network.Prediction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Which layers are trained, and how much a change of them can hold. */
record AdapterSettings(int rank, double alpha, TrainedModules modules, boolean textEncoder) {
  private static final String WEIGHT = ".weight";

  /**
   * The layers of a checkpoint that are trained. Of the text encoders those that the U-Net reads
   * something of: the last one of SDXL's first encoder acts on nothing.
   *
   * @param clipSkip 1 for the layer that the U-Net was trained to read, 2 for the one before it
   * @throws TrainingException if it has none of them, or is a model that no training here is for
   */
  List<AdapterModule> modules(ModelFiles model, int clipSkip) {
    requireTrainable(model);
    List<AdapterModule> found = new ArrayList<>();
    add(found, Network.UNET, model.unet().config().weights());
    for (int i = 0; textEncoder && i < model.textEncoders().size(); i++) {
      ClipConfig config = model.textEncoders().get(i).config();
      int read = config.layersRead(config.reading().skip(clipSkip));
      add(found, Network.textEncoder(i), config.withLayers(read).weights());
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

  private void requireTrainable(ModelFiles model) {
    Checkpoint checkpoint = model.checkpoint();
    boolean discrete =
        model.prediction() == Prediction.EPSILON || model.prediction() == Prediction.V_PREDICTION;
    if (model.prediction() == Prediction.SAMPLE) {
      refuse(
          checkpoint,
          "predicts the clean latent, as models for one step do",
          "expected one that predicts noise or velocity");
    }
    if (!discrete) {
      refuse(
          checkpoint,
          "was trained on any noise level of a range (EDM)",
          "expected a model of 1000 noise levels that predicts noise or velocity");
    }
    if (checkpoint.family() == ModelFamily.SDXL_REFINER) {
      refuse(checkpoint, "is the refiner of SDXL", "expected a model that begins pictures");
    }
    if (checkpoint.task() != Checkpoint.Task.TEXT_TO_IMAGE) {
      refuse(
          checkpoint,
          checkpoint.task() == Checkpoint.Task.INPAINTING
              ? "is an inpainting model"
              : "is a model that edits pictures",
          "expected a model of whole pictures");
    }
    if (model.unet().config().guidanceWidth() > 0) {
      refuse(
          checkpoint,
          "is distilled and told how strongly to guide (LCM)",
          "expected the model that it was made from");
    }
  }

  private static void refuse(Checkpoint checkpoint, String found, String expected) {
    throw new TrainingException(
        "checkpoint '%s' cannot be trained on: it %s; %s"
            .formatted(checkpoint.path(), found, expected),
        ErrorDetails.in(checkpoint.path()));
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
