package dev.sdlora.training;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.model.PredictionType;
import dev.sdlora.api.value.Checks;
import dev.sdlora.api.value.FileReason;
import dev.sdlora.api.value.SettingException;
import dev.sdlora.api.value.WritableFolder;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.ModelFiles;
import dev.sdlora.families.checkpoint.TransformerModel;
import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.tensors.file.DType;
import dev.sdlora.training.data.BatchOrder;
import dev.sdlora.training.data.Buckets;
import dev.sdlora.training.data.DataCache;
import dev.sdlora.training.data.Placement;
import dev.sdlora.training.option.BucketOptions;
import dev.sdlora.training.option.TrainingPrecision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Assembles the settings that a builder has collected, and checks those that depend on each other.
 */
record Assembly(LoraTrainerBuilder given) {
  /** A limit for the state file, which holds a number for each step. */
  static final int MOST_STEPS = 10_000_000;

  Settings settings() {
    TrainingSet images = images();
    ModelFiles model = model();
    TrainedFamily family = family(model);
    requirePrecision(family.model());
    AdapterSettings adapter =
        new AdapterSettings(
            given.rank,
            given.alpha.orElse(given.rank),
            given.modules,
            given.textEncoder,
            given.adapter);
    adapter.requireFits(family, images);
    PriorImages prior = prior();
    // Fails if there is nothing to train.
    family.modules(adapter, given.clipSkip);
    return new Settings(
        family,
        given.pipeline,
        images,
        given.slider.map(SliderTraining::new),
        prior,
        cache(),
        adapter,
        recipe(family, images, prior),
        outputs(family.model().checkpoint()),
        given.validation,
        given.listener,
        given.clock);
  }

  private TrainingSet images() {
    if (given.slider.isPresent()) {
      new SliderTraining(given.slider.get()).check(given);
      return TrainingSet.none();
    }
    TrainingSet images = given.set.orElseThrow(() -> Checks.missing("images"));
    if (given.trigger.isEmpty()) {
      return images;
    }
    Checks.require(
        images.concepts().size() < 2,
        "triggerWord",
        "not be set for several concepts, whose words tell them apart",
        given.trigger);
    return images.withTrigger(given.trigger);
  }

  private void requirePrecision(ModelFiles model) {
    Checks.require(
        given.precision != TrainingPrecision.INT8 || !(model instanceof UNetFiles),
        "precision",
        "be FLOAT32 or BFLOAT16 for %s, whose layers are mostly convolutions"
            .formatted(model.checkpoint().family().label()),
        given.precision);
  }

  private TrainedFamily family(ModelFiles model) {
    if (model instanceof TransformerModel transformer) {
      return new FlowTraining(transformer, given.precision);
    }
    return new UNetTraining((UNetFiles) model);
  }

  /** The model, with the parts and the prediction type of the pipeline if there is one. */
  private ModelFiles model() {
    Path path = checkpoint();
    if (given.pipeline.isEmpty()) {
      return CheckpointReader.open(path, CheckpointParts.DEFAULT);
    }
    Checkpoint opened = given.pipeline.get().checkpoint();
    ModelFiles model = CheckpointReader.open(opened);
    PredictionType type = opened.predictionType();
    return model.checkpoint().predictionType() == type ? model : model.predicting(type);
  }

  private Path checkpoint() {
    Optional<Path> ofPipeline = given.pipeline.map(owner -> owner.checkpoint().path());
    Path path =
        given.checkpoint.or(() -> ofPipeline).orElseThrow(() -> Checks.missing("checkpoint"));
    Checks.require(
        ofPipeline.isEmpty() || path.equals(ofPipeline.get()),
        "checkpoint",
        "be that of the pipeline",
        path);
    return path;
  }

  private Recipe recipe(TrainedFamily family, TrainingSet images, PriorImages prior) {
    ModelFiles model = family.model();
    String label = model.checkpoint().family().label();
    if (model instanceof UNetFiles unet) {
      int layers = unet.textEncoders().get(0).config().layers();
      Checks.require(
          given.clipSkip <= layers,
          "clipSkip",
          "be at most " + layers + ", the text encoder's layers",
          given.clipSkip);
    } else {
      requireFlowSettings(label);
    }
    Checks.require(
        given.clipSkip == 1 || model.checkpoint().family() == ModelFamily.SD1,
        "clipSkip",
        "be 1 for %s, which always reads the layer that it was trained to read".formatted(label),
        given.clipSkip);
    ImageSize size = given.size.orElse(model.checkpoint().defaultSize());
    int multiple = family.sizeMultiple();
    Checks.require(
        size.width() % multiple == 0 && size.height() % multiple == 0,
        "size",
        "have sides that are multiples of %s for %s".formatted(multiple, label),
        size);
    Optional<BucketOptions> sides =
        given.buckets.map(buckets -> Buckets.suiting(buckets, size, multiple));
    sides.ifPresent(buckets -> requireFitting(buckets, size, family));
    int total = steps(trained(images), prior, new Buckets(size, sides), size);
    Checks.require(
        given.warmup < total, "warmup", "be less than the " + total + " steps", given.warmup);
    return new Recipe(
        total,
        given.batchSize,
        given.accumulation,
        size,
        new Recipe.Rates(given.learningRate, textEncoderRates(model), given.warmup, given.schedule),
        new Recipe.Optimisation(
            given.optimiser, given.weightDecay, given.maxGradientNorm, given.averaging),
        new Recipe.Objective(
            given.loss,
            given.minSnrGamma,
            given.debiased,
            given.timesteps.orElse(family.timesteps()),
            given.noiseOffset),
        new Recipe.Inputs(
            given.captions, sides, given.flips, given.unmaskedWeight, given.priorWeight),
        new Recipe.Computation(given.precision, given.checkpointing),
        given.clipSkip,
        given.seed);
  }

  /** Refuses settings that have no meaning for diffusion transformers. */
  private void requireFlowSettings(String label) {
    Checks.require(
        !given.textEncoder,
        "textEncoder",
        "be false for %s, whose text encoders are not trained".formatted(label),
        true);
    Checks.require(
        given.textEncoderLearningRate.isEmpty(),
        "textEncoderLearningRate",
        "not be set for %s, whose text encoders are not trained".formatted(label),
        given.textEncoderLearningRate.orElse(0));
    Checks.require(
        given.textEncoder2LearningRate.isEmpty(),
        "textEncoder2LearningRate",
        "not be set for %s, whose text encoders are not trained".formatted(label),
        given.textEncoder2LearningRate.orElse(0));
    Checks.require(
        given.minSnrGamma.isEmpty(),
        "minSnrGamma",
        "not be set for %s, a rectified flow, whose noise levels have the same weight"
            .formatted(label),
        given.minSnrGamma.orElse(0));
    Checks.require(
        !given.debiased,
        "debiased",
        "be false for %s, a rectified flow, whose noise levels have the same weight"
            .formatted(label),
        true);
  }

  private List<Double> textEncoderRates(ModelFiles model) {
    double first = given.textEncoderLearningRate.orElse(given.learningRate / 2);
    if (model instanceof UNetFiles unet && unet.textEncoders().size() > 1) {
      return List.of(first, given.textEncoder2LearningRate.orElse(first));
    }
    Checks.require(
        given.textEncoder2LearningRate.isEmpty(),
        "textEncoder2LearningRate",
        "not be set for %s, which has one text encoder"
            .formatted(model.checkpoint().family().label()),
        given.textEncoder2LearningRate.orElse(0));
    return List.of(first);
  }

  /** The images that are not held out for validation. */
  private List<TrainingExample> trained(TrainingSet images) {
    List<TrainingExample> all = images.examples();
    List<Integer> heldOut =
        given
            .validation
            .map(options -> HeldOut.of(all.size(), options, given.seed))
            .orElse(List.of());
    return HeldOut.without(heldOut, all);
  }

  /** Checks that buckets contain the training resolution, as kohya's trainer requires. */
  private static void requireFitting(BucketOptions buckets, ImageSize size, TrainedFamily family) {
    int multiple = family.sizeMultiple();
    Checks.require(
        buckets.step() % multiple == 0,
        "step of buckets",
        "be a multiple of " + multiple,
        buckets.step());
    int shorter = Math.min(size.width(), size.height());
    Checks.require(
        Buckets.least(buckets) <= shorter,
        "least of buckets",
        "be at most the shorter side of the training resolution, " + shorter,
        buckets.least());
    int longer = Math.max(size.width(), size.height());
    Checks.require(
        Buckets.most(buckets) >= longer,
        "most of buckets",
        "be at least the longer side of the training resolution, " + longer,
        buckets.most());
  }

  private PriorImages prior() {
    if (given.priorCount > 0 && given.pipeline.isEmpty()) {
      throw new IllegalArgumentException(
          "priorPreservation with a prompt requires a pipeline that generates its images");
    }
    return new PriorImages(given.priorImages, given.priorPrompt, given.priorCount);
  }

  private DataCache cache() {
    // The folder is created with the first file.
    given.cache.ifPresent(folder -> requireFolder(folder.resolve("entry"), "cache"));
    return given.cache.map(DataCache::in).orElse(DataCache.NONE);
  }

  private int steps(
      List<TrainingExample> images, PriorImages prior, Buckets buckets, ImageSize size) {
    if (given.epochs.isEmpty()) {
      return given.steps.isEmpty() && given.slider.isPresent()
          ? SliderTraining.STEPS
          : given.steps.orElseThrow(() -> Checks.missing("steps or epochs"));
    }
    List<BatchOrder.Member> members = new ArrayList<>(members(images, buckets, false));
    prior.given().ifPresent(own -> members.addAll(members(own.examples(), buckets, true)));
    Object generated = bucket(buckets.place(size.width(), size.height()).orElseThrow());
    members.addAll(Collections.nCopies(prior.count(), new BatchOrder.Member(generated, 1, true)));
    long batches =
        new BatchOrder(members, given.seed, given.batchSize).batches(given.epochs.getAsInt());
    long total = (batches + given.accumulation - 1) / given.accumulation;
    Checks.require(total <= MOST_STEPS, "epochs", "make at most " + MOST_STEPS + " steps", total);
    return (int) total;
  }

  /** Images by their buckets; image files are only read if there can be several. */
  private List<BatchOrder.Member> members(
      List<TrainingExample> examples, Buckets buckets, boolean prior) {
    if (given.buckets.isEmpty()) {
      return examples.stream()
          .map(example -> new BatchOrder.Member("", example.repeats(), prior))
          .toList();
    }
    List<Placement> placements = ImageChecks.headers(examples, buckets);
    return IntStream.range(0, examples.size())
        .mapToObj(
            i -> new BatchOrder.Member(bucket(placements.get(i)), examples.get(i).repeats(), prior))
        .toList();
  }

  private Object bucket(Placement placement) {
    return given.buckets.isEmpty() ? "" : placement.size();
  }

  private Outputs outputs(Checkpoint checkpoint) {
    Path file = given.output.orElseThrow(() -> Checks.missing("output"));
    requireFolder(file, "output");
    given.lossPlot.ifPresent(png -> requireFolder(png, "lossPlot"));
    given.report.ifPresent(html -> requireFolder(html, "report"));
    Path own = checkpoint.path().toAbsolutePath().normalize();
    Checks.require(
        !file.toAbsolutePath().normalize().equals(own), "output", "not be the checkpoint", file);
    if (!given.samples.isEmpty() && given.pipeline.isEmpty()) {
      throw new IllegalArgumentException("samples require a pipeline that generates them");
    }
    return new Outputs(
        file,
        given.name.orElse(Outputs.stem(file)),
        given.trigger,
        DType.of(given.format),
        given.saveEvery,
        given.resume,
        given.samples,
        given.sampleEvery,
        given.sampleWeights,
        given.lossPlot,
        given.report);
  }

  /** Checks that the folder exists or can be created by the training. */
  private static void requireFolder(Path file, String setting) {
    Path folder = file.toAbsolutePath().getParent();
    while (folder != null && !Files.exists(folder)) {
      folder = folder.getParent();
    }
    Checks.require(
        folder != null && Files.isDirectory(folder),
        setting,
        "be in a folder, but '" + folder + "' is not one",
        file);
    try {
      WritableFolder.check(Objects.requireNonNull(folder));
    } catch (IOException e) {
      throw new SettingException(
          setting, "be in a writable folder (" + FileReason.of(e) + ")", file);
    }
  }
}
