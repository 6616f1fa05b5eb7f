package dev.sdlora.cli.training;

import static dev.sdlora.cli.console.OptionValue.set;

import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import dev.sdlora.cli.console.OptionValue;
import dev.sdlora.cli.option.NumberPair;
import dev.sdlora.training.LoraTrainerBuilder;
import dev.sdlora.training.Recommendation;
import dev.sdlora.training.TrainingSet;
import dev.sdlora.training.option.BucketOptions;
import dev.sdlora.training.option.CaptionOptions;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

/** The options for images and captions. */
@Heading(
    value = "Images and captions",
    basic = {"--buckets", "--flip", "--shuffle-tags", "--class-images"})
final class ImageOptions {
  private static final int USUAL_CLASS_COUNT = 100;

  @Option(
      names = "--buckets",
      description = "Train each image at a size of its own aspect ratio instead of cropping it.")
  private boolean buckets;

  @Option(
      names = "--bucket-sides",
      paramLabel = "LEAST,MOST",
      converter = Pairs.class,
      description = "Shortest and longest side of --buckets. Default: 256,1024.")
  private Optional<NumberPair> sides = Optional.empty();

  @Option(
      names = "--bucket-step",
      paramLabel = "N",
      description = "Sides of --buckets are multiples of it. Default: 64.")
  private Optional<Integer> bucketStep = Optional.empty();

  @Option(
      names = "--bucket-no-upscale",
      description = "Train small images at their own size instead of enlarging them.")
  private boolean noUpscale;

  @Option(names = "--flip", description = "Mirror half of the images in each step.")
  private boolean flip;

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

  @Option(
      names = "--class-count",
      paramLabel = "N",
      description = "Images to generate for --class-prompt. Default: 100.")
  private Optional<Integer> classCount = Optional.empty();

  @Option(
      names = "--prior-weight",
      paramLabel = "X",
      description = "Factor on the loss of the images of the class. Default: 1.")
  private Optional<Double> priorWeight = Optional.empty();

  @Option(
      names = "--shuffle-tags",
      description = "Put the tags of a caption, separated by commas, in random order in each step.")
  private boolean shuffle;

  @Option(
      names = "--keep-tokens",
      paramLabel = "N",
      description = "Tags at the start that stay in place and are never left out. Default: 0.")
  private Optional<Integer> kept = Optional.empty();

  @Option(
      names = "--tag-dropout",
      paramLabel = "0..1",
      description = "Share of the tags to leave out in each step. Default: 0.")
  private Optional<Double> tagDropout = Optional.empty();

  @Option(
      names = "--caption-dropout",
      paramLabel = "0..1",
      description = "Share of the captions to leave out as a whole. Default: 0.05.")
  private Optional<Double> captionDropout = Optional.empty();

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description = "Folder that keeps encoded images and captions for later trainings.")
  private Optional<Path> cache = Optional.empty();

  /** Refuses all of these options, for trainings without images. */
  void requireNone(Console console) {
    console.refuse(
        "--slider, which trains without images",
        "--buckets",
        "--bucket-sides",
        "--bucket-step",
        "--bucket-no-upscale",
        "--flip",
        "--masked-loss",
        "--class-images",
        "--class-prompt",
        "--class-count",
        "--prior-weight",
        "--shuffle-tags",
        "--keep-tokens",
        "--tag-dropout",
        "--caption-dropout",
        "--cache");
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
      trainer.buckets(bucketOptions());
    }
    trainer.flips(flip);
    set("--masked-loss", masked, trainer::maskedLoss);
    trainer.captions(captionOptions(console));
    prior(trainer);
    cache.ifPresent(trainer::cache);
  }

  private BucketOptions bucketOptions() {
    BucketOptions usual = BucketOptions.DEFAULTS;
    NumberPair range = sides.orElse(new NumberPair(usual.least(), usual.most()));
    BucketOptions[] made = {usual};
    set(
        "--bucket-sides",
        Optional.of(range),
        given ->
            made[0] =
                new BucketOptions(
                    (int) given.first(), (int) given.second(), usual.step(), !noUpscale));
    set(
        "--bucket-step",
        bucketStep,
        step ->
            made[0] = new BucketOptions(made[0].least(), made[0].most(), step, made[0].upscale()));
    return made[0];
  }

  private CaptionOptions captionOptions(Console console) {
    if (!shuffle && tagDropout.isEmpty()) {
      console.requireBeside("--shuffle-tags", "--keep-tokens");
    }
    CaptionOptions[] made = {CaptionOptions.DEFAULTS.withDropout(Recommendation.CAPTION_DROPOUT)};
    set(
        "--keep-tokens",
        Optional.of(kept.orElse(0)),
        tags -> made[0] = new CaptionOptions(shuffle, tags, 0, Recommendation.CAPTION_DROPOUT));
    set("--tag-dropout", tagDropout, share -> made[0] = made[0].withTagDropout(share));
    set("--caption-dropout", captionDropout, share -> made[0] = made[0].withDropout(share));
    return made[0];
  }

  private void prior(LoraTrainerBuilder trainer) {
    double weight = priorWeight.orElse(1.0);
    if (classImages.isPresent()) {
      TrainingSet set =
          classPrompt
              .map(caption -> TrainingSet.ofFolder(classImages.get(), caption))
              .orElseGet(() -> TrainingSet.ofFolder(classImages.get()));
      set("--prior-weight", Optional.of(weight), w -> trainer.priorPreservation(set, w));
    } else if (classPrompt.isPresent()) {
      set(
          "--prior-weight",
          Optional.of(weight),
          w -> {
            int count = classCount.orElse(USUAL_CLASS_COUNT);
            set(
                "--class-count",
                Optional.of(count),
                n -> trainer.priorPreservation(classPrompt.get(), n, w));
          });
    }
  }

  static final class Pairs implements ITypeConverter<NumberPair> {
    @Override
    public NumberPair convert(String text) throws Exception {
      return OptionValue.converter(NumberPair::parse).convert(text);
    }
  }
}
