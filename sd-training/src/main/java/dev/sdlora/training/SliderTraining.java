package dev.sdlora.training;

import static dev.sdlora.training.setting.TrainingSettings.TEXT_ENCODER;
import static dev.sdlora.training.setting.TrainingSettings.TIMESTEPS;

import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.setting.Draft;
import dev.sdlora.api.setting.Setting;
import dev.sdlora.api.value.Checks;
import dev.sdlora.training.data.BatchSource;
import dev.sdlora.training.data.Captions;
import dev.sdlora.training.data.TrainingImageSizes;
import dev.sdlora.training.family.TrainedFamily;
import dev.sdlora.training.option.SliderPrompts;
import dev.sdlora.training.recipe.Recipe;
import dev.sdlora.training.setting.TrainingSettings;
import dev.sdlora.training.slider.PromptTriple;
import dev.sdlora.training.slider.SliderBatches;
import dev.sdlora.training.step.TrainedNetworks;
import java.util.List;

/** The training of a slider on prompts, which differs from others only in its data. */
record SliderTraining(SliderPrompts prompts) {
  /** The number of steps of the published trainer. */
  static final int STEPS = 500;

  private static final String NO_IMAGES = "not be set for a slider, which has no images";

  /** Refuses settings of images, and prompts that lack kept words. */
  void check(LoraTrainerBuilder given) {
    String all = prompts.target() + prompts.positive() + prompts.negative();
    Checks.require(
        !prompts.kept().isEmpty() || !all.contains(SliderPrompts.PLACE),
        "kept",
        "have words for the %s in the slider's prompts".formatted(SliderPrompts.PLACE),
        prompts.kept());
    Checks.require(given.set.isEmpty(), "images", NO_IMAGES, "a training set");
    Checks.require(given.trigger.isEmpty(), "triggerWord", NO_IMAGES, given.trigger);
    Checks.require(given.priorImages.isEmpty(), "priorPreservation", NO_IMAGES, "a training set");
    for (Setting<Draft, Draft, ?> setting : TrainingSettings.OF_IMAGES) {
      requireUnset(setting, given);
    }
    Checks.require(
        given.find(TIMESTEPS).isEmpty(),
        "timesteps",
        "not be set for a slider, whose latents are on the way from noise to an image",
        given.find(TIMESTEPS));
    Checks.require(
        !given.get(TEXT_ENCODER),
        "textEncoder",
        "be false for a slider, whose targets are predictions for unchanged texts",
        true);
  }

  private static <T> void requireUnset(Setting<Draft, Draft, T> setting, LoraTrainerBuilder given) {
    given
        .find(setting)
        .filter(value -> !value.equals(TrainingSettings.TRAINING.defaultOf(setting).orElse(null)))
        .ifPresent(value -> Checks.require(false, setting.name(), NO_IMAGES, value));
  }

  /** Encodes the prompts. */
  PreparedData prepared(Settings settings) {
    List<String> texts =
        PromptTriple.of(prompts).stream().flatMap(PromptTriple::texts).distinct().toList();
    Captions captions =
        settings.family().captions(texts, false, settings.recipe().clipSkip(), settings.cache());
    return new PreparedData(List.of(), captions, "none");
  }

  /** The batches, whose targets the networks predict. */
  BatchSource batches(Settings settings, TrainedNetworks networks) {
    Recipe recipe = settings.recipe();
    TrainedFamily family = settings.family();
    ImageSize size = recipe.size();
    return new SliderBatches(
        networks,
        new SliderBatches.Settings(
            recipe.seed(),
            recipe.batchSize(),
            family.channels(),
            size.height() / family.latentFactor(),
            size.width() / family.latentFactor(),
            TrainingImageSizes.whole(size.height(), size.width()),
            PromptTriple.of(prompts),
            prompts.guidance(),
            recipe.objective().weighting(),
            family.noise()));
  }

  /** The prompts in words, for the comment in the file. */
  String comment() {
    String kept = prompts.kept().isEmpty() ? "" : ", kept " + String.join(", ", prompts.kept());
    return "slider of '%s': positive '%s', negative '%s', guidance %s%s"
        .formatted(
            prompts.target(), prompts.positive(), prompts.negative(), prompts.guidance(), kept);
  }
}
