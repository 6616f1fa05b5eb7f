package dev.sdlora.training;

import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.training.adapter.AdapterParameters;
import dev.sdlora.training.data.BatchSource;
import dev.sdlora.training.data.Batches;
import dev.sdlora.training.data.Captions;
import dev.sdlora.training.family.TrainedFamily;
import dev.sdlora.training.noise.NoiseProcess;
import dev.sdlora.training.recipe.Recipe;
import dev.sdlora.training.step.TrainedNetworks;
import java.util.function.IntFunction;

/**
 * The parts that a step of a training run needs.
 *
 * @param networks the frozen networks
 * @param parameters the trained factors
 * @param batches the batches
 * @param captions the captions of a batch, by its index
 * @param noise how noise is added
 */
record TrainingParts(
    TrainedNetworks networks,
    AdapterParameters parameters,
    BatchSource batches,
    IntFunction<Captions> captions,
    NoiseProcess noise) {

  /**
   * Loads the networks and creates initial factors.
   *
   * @param torch the owner of the native memory
   */
  static TrainingParts of(Torch torch, Settings settings, PreparedData data) {
    TrainedFamily family = settings.family();
    Recipe recipe = settings.recipe();
    TrainedNetworks networks = family.networks(torch, data.captions(), recipe);
    AdapterParameters parameters =
        new AdapterParameters(
            torch,
            family.modules(settings.adapter(), recipe.clipSkip()),
            settings.adapter().options(),
            networks.weights(),
            recipe.seed());
    if (settings.slider().isPresent()) {
      BatchSource batches = settings.slider().get().batches(settings, networks);
      return new TrainingParts(
          networks, parameters, batches, index -> data.captions(), family.noise());
    }
    Batches batches = batches(data, settings);
    CaptionWindows captions = new CaptionWindows(settings, data.captions(), batches);
    return new TrainingParts(networks, parameters, batches, captions::at, family.noise());
  }

  /** Creates the batches of images. */
  static Batches batches(PreparedData data, Settings settings) {
    TrainedFamily family = settings.family();
    return new Batches(
        data.examples(), settings.recipe().batches(family.channels(), family.noise()));
  }
}
