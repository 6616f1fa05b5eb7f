package dev.sdlora.training;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.lora.make.AdapterModule;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.pipeline.checkpoint.UNetFiles;
import dev.sdlora.pipeline.network.ClipConfig;
import dev.sdlora.pipeline.network.Prediction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The layers to train and the size of their changes. */
record AdapterSettings(int rank, double alpha, TrainedModules modules, boolean textEncoder) {
  private static final String WEIGHT = ".weight";

  /**
   * The layers of a checkpoint to train. Text encoder layers whose output the U-Net does not read,
   * such as the last one of SDXL's first encoder, are left out.
   *
   * @param clipSkip 1 for the layer that the U-Net was trained to read, 2 for the one before it
   * @throws TrainingException if the checkpoint has none of these layers, or this kind of model
   *     cannot be trained
   */
  List<AdapterModule> modules(UNetFiles model, int clipSkip) {
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
          "checkpoint '%s' has no layers to train: no layer of its U-Net belongs to modules %s, expected"
                  .formatted(model.checkpoint().path(), modules)
              + " attention inside transformers",
          ErrorDetails.in(model.checkpoint().path()));
    }
    return found;
  }

  private void requireTrainable(UNetFiles model) {
    Checkpoint checkpoint = model.checkpoint();
    boolean discrete =
        model.prediction() == Prediction.EPSILON || model.prediction() == Prediction.V_PREDICTION;
    if (model.prediction() == Prediction.SAMPLE) {
      refuse(
          checkpoint,
          "predicts the clean latent, like one-step models",
          "expected one that predicts noise or velocity");
    }
    if (!discrete) {
      refuse(
          checkpoint,
          "was trained on a continuous range of noise levels (EDM)",
          "expected a model with 1000 noise levels that predicts noise or velocity");
    }
    if (checkpoint.family() == ModelFamily.SDXL_REFINER) {
      refuse(checkpoint, "is the refiner of SDXL", "expected the base model");
    }
    if (checkpoint.task() != Checkpoint.Task.TEXT_TO_IMAGE) {
      refuse(
          checkpoint,
          switch (checkpoint.task()) {
            case INPAINTING -> "is an inpainting model";
            case CONTROL -> "is a control model";
            case TEXT_TO_IMAGE, EDITING -> "is an image editing model";
          },
          "expected a text-to-image model");
    }
    if (model.unet().config().guidanceWidth() > 0) {
      refuse(
          checkpoint,
          "is distilled with the guidance scale as an input (LCM)",
          "expected the model that it was distilled from");
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
