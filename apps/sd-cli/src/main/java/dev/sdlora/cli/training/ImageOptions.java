package dev.sdlora.cli.training;

import static dev.sdlora.cli.console.OptionValue.set;

import dev.sdlora.api.setting.Draft;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import dev.sdlora.cli.option.SettingOptions;
import dev.sdlora.training.LoraTrainerBuilder;
import dev.sdlora.training.Recommendation;
import dev.sdlora.training.TrainingSet;
import dev.sdlora.training.option.BucketOptions;
import dev.sdlora.training.option.CaptionOptions;
import dev.sdlora.training.setting.DataSettings;
import dev.sdlora.training.setting.TrainingSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options for images and captions. */
@Heading(
    value = "Images and captions",
    basic = {"--buckets", "--flip", "--shuffle-tags", "--class-images"})
final class ImageOptions {
  @Option(
      names = "--buckets",
      description = "Train each image at a size of its own aspect ratio instead of cropping it.")
  private boolean buckets;

  private final SettingOptions<BucketOptions, Draft> bucketSides =
      SettingOptions.allBut(DataSettings.BUCKETS);

  private final TrainerOptions flips = new TrainerOptions("flips");

  @Option(
      names = "--masked-loss",
      paramLabel = "0..1",
      arity = "0..1",
      fallbackValue = "0",
      description =
          "Weigh the loss by masks, name-masklabel.png or alpha; the value is the weight of masked"
              + " areas. Default: masks are ignored; without a value, 0.")
  private Optional<Double> masked = Optional.empty();

  @Option(
      names = "--class-images",
      paramLabel = "DIR",
      description = "Also train on these images of the class, so that its meaning is kept.")
  private Optional<Path> classImages = Optional.empty();

  @Option(
      names = "--class-prompt",
      paramLabel = "TEXT",
      description =
          "Prompt to generate images of the class with, or the caption of --class-images without"
              + " one.")
  private Optional<String> classPrompt = Optional.empty();

  private final SettingOptions<Draft, Draft> prior =
      SettingOptions.of(TrainingSettings.TRAINING, "classCount", "priorWeight");

  private final SettingOptions<CaptionOptions, Draft> captions =
      SettingOptions.allBut(DataSettings.CAPTIONS);

  private final TrainerOptions cache = new TrainerOptions("cache");

  @Spec(Spec.Target.SELF)
  void addTo(CommandSpec command) {
    bucketSides.addTo(command, ImageOptions.class);
    flips.addTo(command, ImageOptions.class);
    prior.addTo(command, ImageOptions.class);
    captions.addTo(command, ImageOptions.class);
    cache.addTo(command, ImageOptions.class);
  }

  /** Refuses all of these options, for trainings without images. */
  void requireNone(Console console) {
    List<String> options =
        new ArrayList<>(List.of("--buckets", "--masked-loss", "--class-images", "--class-prompt"));
    Stream.of(bucketSides.names(), flips.names(), prior.names(), captions.names(), cache.names())
        .forEach(names -> options.addAll(List.of(names)));
    console.refuse("--slider, which trains without images", options.toArray(String[]::new));
  }

  boolean generatesClassImages() {
    return classPrompt.isPresent() && classImages.isEmpty();
  }

  void applyTo(LoraTrainerBuilder trainer, Console console) {
    console.requireBeside("--buckets", "--bucket-sides", "--bucket-step", "--bucket-no-upscale");
    if (classImages.isEmpty() && classPrompt.isEmpty()) {
      console.requireBeside("--class-images DIR", "--class-count", "--prior-weight");
    }
    if (buckets) {
      trainer.buckets(bucketSides.apply(BucketOptions.DEFAULTS, console));
    }
    flips.applyTo(trainer);
    set("--masked-loss", masked, trainer::maskedLoss);
    CaptionOptions changed =
        captions.apply(
            CaptionOptions.DEFAULTS.withDropout(Recommendation.CAPTION_DROPOUT), console);
    if (!changed.shuffle() && changed.tagDropout() == 0) {
      console.requireBeside("--shuffle-tags", "--keep-tokens");
    }
    trainer.captions(changed);
    prior(trainer);
    cache.applyTo(trainer);
  }

  private void prior(LoraTrainerBuilder trainer) {
    Draft given = new Draft();
    prior.set(given);
    double weight = TrainingSettings.PRIOR_WEIGHT.get(given).orElseThrow();
    if (classImages.isPresent()) {
      TrainingSet set =
          classPrompt
              .map(caption -> TrainingSet.ofFolder(classImages.get(), caption))
              .orElseGet(() -> TrainingSet.ofFolder(classImages.get()));
      trainer.priorPreservation(set, weight);
    } else if (classPrompt.isPresent()) {
      int count = TrainingSettings.CLASS_COUNT.get(given).orElseThrow();
      trainer.priorPreservation(classPrompt.get(), count, weight);
    }
  }
}
