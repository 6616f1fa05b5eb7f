package dev.sdlora.training;

import static dev.sdlora.training.setting.TrainingSettings.ACCUMULATION;
import static dev.sdlora.training.setting.TrainingSettings.ADAPTER;
import static dev.sdlora.training.setting.TrainingSettings.ALPHA;
import static dev.sdlora.training.setting.TrainingSettings.AVERAGING;
import static dev.sdlora.training.setting.TrainingSettings.BATCH_SIZE;
import static dev.sdlora.training.setting.TrainingSettings.BUCKETS;
import static dev.sdlora.training.setting.TrainingSettings.CACHE;
import static dev.sdlora.training.setting.TrainingSettings.CAPTIONS;
import static dev.sdlora.training.setting.TrainingSettings.CHECKPOINTING;
import static dev.sdlora.training.setting.TrainingSettings.CLASS_COUNT;
import static dev.sdlora.training.setting.TrainingSettings.CLASS_PROMPT;
import static dev.sdlora.training.setting.TrainingSettings.CLIP_SKIP;
import static dev.sdlora.training.setting.TrainingSettings.DEBIASED;
import static dev.sdlora.training.setting.TrainingSettings.DEVICE;
import static dev.sdlora.training.setting.TrainingSettings.EPOCHS;
import static dev.sdlora.training.setting.TrainingSettings.FILE_FORMAT;
import static dev.sdlora.training.setting.TrainingSettings.FLIPS;
import static dev.sdlora.training.setting.TrainingSettings.LEARNING_RATE;
import static dev.sdlora.training.setting.TrainingSettings.LOSS;
import static dev.sdlora.training.setting.TrainingSettings.MAX_GRADIENT_NORM;
import static dev.sdlora.training.setting.TrainingSettings.MIN_SNR_GAMMA;
import static dev.sdlora.training.setting.TrainingSettings.MODULES;
import static dev.sdlora.training.setting.TrainingSettings.MOST_STEPS;
import static dev.sdlora.training.setting.TrainingSettings.NOISE_OFFSET;
import static dev.sdlora.training.setting.TrainingSettings.OPTIMISER;
import static dev.sdlora.training.setting.TrainingSettings.PRECISION;
import static dev.sdlora.training.setting.TrainingSettings.PRIOR_WEIGHT;
import static dev.sdlora.training.setting.TrainingSettings.RANK;
import static dev.sdlora.training.setting.TrainingSettings.RESUME;
import static dev.sdlora.training.setting.TrainingSettings.SAMPLE_WEIGHTS;
import static dev.sdlora.training.setting.TrainingSettings.SAVE_EVERY;
import static dev.sdlora.training.setting.TrainingSettings.SCHEDULE;
import static dev.sdlora.training.setting.TrainingSettings.SEED;
import static dev.sdlora.training.setting.TrainingSettings.SIZE;
import static dev.sdlora.training.setting.TrainingSettings.SLIDER;
import static dev.sdlora.training.setting.TrainingSettings.STEPS;
import static dev.sdlora.training.setting.TrainingSettings.TEXT_ENCODER;
import static dev.sdlora.training.setting.TrainingSettings.TEXT_ENCODER_2_LEARNING_RATE;
import static dev.sdlora.training.setting.TrainingSettings.TEXT_ENCODER_LEARNING_RATE;
import static dev.sdlora.training.setting.TrainingSettings.TIMESTEPS;
import static dev.sdlora.training.setting.TrainingSettings.UNMASKED_WEIGHT;
import static dev.sdlora.training.setting.TrainingSettings.VALIDATION;
import static dev.sdlora.training.setting.TrainingSettings.WARMUP;
import static dev.sdlora.training.setting.TrainingSettings.WEIGHT_DECAY;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.model.PredictionType;
import dev.sdlora.api.value.Checks;
import dev.sdlora.api.value.DeviceNames;
import dev.sdlora.api.value.FileReason;
import dev.sdlora.api.value.SettingException;
import dev.sdlora.api.value.WritableFolder;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.families.checkpoint.transformer.TransformerModel;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.training.data.BatchOrder;
import dev.sdlora.training.data.Buckets;
import dev.sdlora.training.data.DataCache;
import dev.sdlora.training.data.HeldOut;
import dev.sdlora.training.data.Placement;
import dev.sdlora.training.family.FlowTraining;
import dev.sdlora.training.family.TrainedFamily;
import dev.sdlora.training.family.UNetTraining;
import dev.sdlora.training.family.UntrainableException;
import dev.sdlora.training.option.BucketOptions;
import dev.sdlora.training.option.TrainingPrecision;
import dev.sdlora.training.recipe.AdapterSettings;
import dev.sdlora.training.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * Assembles the settings that a builder has collected, and checks those that depend on each other.
 */
record Assembly(LoraTrainerBuilder given) {
  Settings settings() {
    TrainingSet images = images();
    ModelFiles model = model();
    TrainedFamily family = family(model);
    requirePrecision(family.model());
    AdapterSettings adapter =
        new AdapterSettings(
            given.get(RANK),
            given.find(ALPHA).orElseGet(() -> (double) given.get(RANK)),
            given.get(MODULES),
            given.get(TEXT_ENCODER),
            given.get(ADAPTER));
    adapter.requireFits(
        model,
        family.denoiserWeights(),
        images.examples().stream().map(TrainingExample::strength).toList());
    PriorImages prior = prior();
    requireTrainable(family, adapter);
    return new Settings(
        family,
        given.pipeline,
        images,
        given.find(SLIDER).map(SliderTraining::new),
        prior,
        cache(),
        adapter,
        recipe(family, images, prior),
        outputs(family.model().checkpoint()),
        given.find(VALIDATION),
        given.listener,
        given.clock);
  }

  private void requireTrainable(TrainedFamily family, AdapterSettings adapter) {
    try {
      family.modules(adapter, given.get(CLIP_SKIP));
    } catch (UntrainableException e) {
      throw new TrainingException(
          String.valueOf(e.getMessage()), ErrorDetails.in(family.model().checkpoint().path()), e);
    }
  }

  private TrainingSet images() {
    if (given.find(SLIDER).isPresent()) {
      new SliderTraining(given.find(SLIDER).get()).check(given);
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
        given.get(PRECISION) != TrainingPrecision.INT8 || !(model instanceof UNetFiles),
        "precision",
        "be FLOAT32 or BFLOAT16 for %s, whose layers are mostly convolutions"
            .formatted(model.checkpoint().family().label()),
        given.get(PRECISION));
  }

  private TrainedFamily family(ModelFiles model) {
    if (model instanceof TransformerModel transformer) {
      return new FlowTraining(transformer, given.get(PRECISION), device());
    }
    return new UNetTraining((UNetFiles) model, device());
  }

  private String device() {
    return given
        .find(DEVICE)
        .or(() -> given.pipeline.map(Pipeline::device))
        .orElse(DeviceNames.AUTO);
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
          given.get(CLIP_SKIP) <= layers,
          "clipSkip",
          "be at most " + layers + ", the text encoder's layers",
          given.get(CLIP_SKIP));
    } else {
      requireFlowSettings(label);
    }
    Checks.require(
        given.get(CLIP_SKIP) == 1 || model.checkpoint().family().hasClipSkip(),
        "clipSkip",
        "be 1 for %s, which always reads the layer that it was trained to read".formatted(label),
        given.get(CLIP_SKIP));
    ImageSize size = given.find(SIZE).orElse(model.checkpoint().defaultSize());
    int multiple = family.sizeMultiple();
    Checks.require(
        size.width() % multiple == 0 && size.height() % multiple == 0,
        "size",
        "have sides that are multiples of %s for %s".formatted(multiple, label),
        size);
    Optional<BucketOptions> sides =
        given.find(BUCKETS).map(buckets -> Buckets.suiting(buckets, size, multiple));
    sides.ifPresent(buckets -> requireFitting(buckets, size, family));
    int total = steps(trained(images), prior, new Buckets(size, sides), size);
    Checks.require(
        given.get(WARMUP) < total,
        "warmup",
        "be less than the " + total + " steps",
        given.get(WARMUP));
    return new Recipe(
        total,
        given.get(BATCH_SIZE),
        given.get(ACCUMULATION),
        size,
        new Recipe.Rates(
            given.get(LEARNING_RATE),
            textEncoderRates(model),
            given.get(WARMUP),
            given.get(SCHEDULE)),
        new Recipe.Optimisation(
            given.get(OPTIMISER),
            given.get(WEIGHT_DECAY),
            given.get(MAX_GRADIENT_NORM),
            given.get(AVERAGING)),
        new Recipe.Objective(
            given.get(LOSS),
            minSnrGamma(),
            given.get(DEBIASED),
            given.find(TIMESTEPS).orElse(family.timesteps()),
            given.get(NOISE_OFFSET)),
        new Recipe.Inputs(
            given.get(CAPTIONS),
            sides,
            given.get(FLIPS),
            number(given.find(UNMASKED_WEIGHT)),
            given.get(PRIOR_WEIGHT)),
        new Recipe.Computation(given.get(PRECISION), given.get(CHECKPOINTING)),
        given.get(CLIP_SKIP),
        given.get(SEED));
  }

  /** Refuses settings that have no meaning for diffusion transformers. */
  private void requireFlowSettings(String label) {
    Checks.require(
        !given.get(TEXT_ENCODER),
        "textEncoder",
        "be false for %s, whose text encoders are not trained".formatted(label),
        true);
    Checks.require(
        given.find(TEXT_ENCODER_LEARNING_RATE).isEmpty(),
        "textEncoderLearningRate",
        "not be set for %s, whose text encoders are not trained".formatted(label),
        given.find(TEXT_ENCODER_LEARNING_RATE).orElse(0.0));
    Checks.require(
        given.find(TEXT_ENCODER_2_LEARNING_RATE).isEmpty(),
        "textEncoder2LearningRate",
        "not be set for %s, whose text encoders are not trained".formatted(label),
        given.find(TEXT_ENCODER_2_LEARNING_RATE).orElse(0.0));
    Checks.require(
        minSnrGamma().isEmpty(),
        "minSnrGamma",
        "not be set for %s, a rectified flow, whose noise levels have the same weight"
            .formatted(label),
        minSnrGamma().orElse(0));
    Checks.require(
        !given.get(DEBIASED),
        "debiased",
        "be false for %s, a rectified flow, whose noise levels have the same weight"
            .formatted(label),
        true);
  }

  private OptionalDouble minSnrGamma() {
    return number(given.find(MIN_SNR_GAMMA).filter(gamma -> gamma > 0));
  }

  private static OptionalDouble number(Optional<Double> number) {
    return number.map(OptionalDouble::of).orElse(OptionalDouble.empty());
  }

  private List<Double> textEncoderRates(ModelFiles model) {
    double first = given.find(TEXT_ENCODER_LEARNING_RATE).orElse(given.get(LEARNING_RATE) / 2);
    if (model instanceof UNetFiles unet && unet.textEncoders().size() > 1) {
      return List.of(first, given.find(TEXT_ENCODER_2_LEARNING_RATE).orElse(first));
    }
    Checks.require(
        given.find(TEXT_ENCODER_2_LEARNING_RATE).isEmpty(),
        "textEncoder2LearningRate",
        "not be set for %s, which has one text encoder"
            .formatted(model.checkpoint().family().label()),
        given.find(TEXT_ENCODER_2_LEARNING_RATE).orElse(0.0));
    return List.of(first);
  }

  /** The images that are not held out for validation. */
  private List<TrainingExample> trained(TrainingSet images) {
    List<TrainingExample> all = images.examples();
    List<Integer> heldOut =
        given
            .find(VALIDATION)
            .map(options -> HeldOut.of(all.size(), options, given.get(SEED)))
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
    if (given.find(CLASS_PROMPT).isPresent() && given.pipeline.isEmpty()) {
      throw new IllegalArgumentException(
          "priorPreservation with a prompt requires a pipeline that generates its images");
    }
    return given
        .find(CLASS_PROMPT)
        .map(prompt -> new PriorImages(Optional.empty(), prompt, given.get(CLASS_COUNT)))
        .orElseGet(() -> new PriorImages(given.priorImages, "", 0));
  }

  private DataCache cache() {
    // The folder is created with the first file.
    given.find(CACHE).ifPresent(folder -> requireFolder(folder.resolve("entry"), "cache"));
    return given.find(CACHE).map(DataCache::in).orElse(DataCache.NONE);
  }

  private int steps(
      List<TrainingExample> images, PriorImages prior, Buckets buckets, ImageSize size) {
    if (given.find(EPOCHS).isEmpty()) {
      return given.find(STEPS).isEmpty() && given.find(SLIDER).isPresent()
          ? SliderTraining.STEPS
          : given.find(STEPS).orElseThrow(() -> Checks.missing("steps or epochs"));
    }
    List<BatchOrder.Member> members = new ArrayList<>(members(images, buckets, false));
    prior.given().ifPresent(own -> members.addAll(members(own.examples(), buckets, true)));
    Object generated = bucket(buckets.place(size.width(), size.height()).orElseThrow());
    members.addAll(Collections.nCopies(prior.count(), new BatchOrder.Member(generated, 1, true)));
    long batches =
        new BatchOrder(members, given.get(SEED), given.get(BATCH_SIZE))
            .batches(given.find(EPOCHS).get());
    long total = (batches + given.get(ACCUMULATION) - 1) / given.get(ACCUMULATION);
    Checks.require(total <= MOST_STEPS, "epochs", "make at most " + MOST_STEPS + " steps", total);
    return (int) total;
  }

  /** Images by their buckets; image files are only read if there can be several. */
  private List<BatchOrder.Member> members(
      List<TrainingExample> examples, Buckets buckets, boolean prior) {
    if (given.find(BUCKETS).isEmpty()) {
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
    return given.find(BUCKETS).isEmpty() ? "" : placement.size();
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
        DType.of(given.get(FILE_FORMAT)),
        given.find(SAVE_EVERY).orElse(0),
        given.get(RESUME),
        given.samples,
        given.sampleEvery,
        given.get(SAMPLE_WEIGHTS),
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
