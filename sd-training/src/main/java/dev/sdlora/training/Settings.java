package dev.sdlora.training;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.training.data.DataCache;
import dev.sdlora.training.data.HeldOut;
import dev.sdlora.training.family.TrainedFamily;
import dev.sdlora.training.option.ValidationOptions;
import dev.sdlora.training.recipe.AdapterSettings;
import dev.sdlora.training.recipe.Recipe;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** All settings of a training run. The set is empty if a slider is trained on prompts. */
record Settings(
    TrainedFamily family,
    Optional<Pipeline> pipeline,
    TrainingSet set,
    Optional<SliderTraining> slider,
    PriorImages prior,
    DataCache cache,
    AdapterSettings adapter,
    Recipe recipe,
    Outputs outputs,
    Optional<ValidationOptions> validation,
    TrainingListener listener,
    Clock clock) {

  /** The checkpoint. */
  Checkpoint checkpoint() {
    return family.model().checkpoint();
  }

  /** The indices of the images that are held out for validation; empty if there is none. */
  List<Integer> heldOut() {
    return validation
        .map(options -> HeldOut.of(set.examples().size(), options, recipe.seed()))
        .orElse(List.of());
  }

  /** The images that are not held out. */
  List<TrainingExample> trained() {
    return HeldOut.without(heldOut(), set.examples());
  }

  /** The number of different images that are trained on. */
  int trainedImages() {
    return trained().size();
  }

  /** The number of images that an epoch trains on, with repeats. */
  int imagesInEpoch() {
    return trained().stream().mapToInt(TrainingExample::repeats).sum();
  }

  /** Whether the LoRA of the lowest validation loss is kept instead of the last one. */
  boolean keepsBest() {
    return validation.filter(options -> options.patience() > 0).isPresent();
  }
}
