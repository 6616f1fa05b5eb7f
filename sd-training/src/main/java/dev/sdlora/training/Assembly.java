package dev.sdlora.training;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.model.PredictionType;
import dev.sdlora.api.value.Checks;
import dev.sdlora.api.value.FileReason;
import dev.sdlora.api.value.SettingException;
import dev.sdlora.api.value.WritableFolder;
import dev.sdlora.pipeline.checkpoint.CheckpointReader;
import dev.sdlora.pipeline.checkpoint.UNetFiles;
import dev.sdlora.tensors.file.DType;
import dev.sdlora.training.option.AdapterOptions;
import dev.sdlora.training.option.OptimiserOptions;
import dev.sdlora.training.option.TimestepSampling;
import dev.sdlora.training.option.TrainingLoss;
import dev.sdlora.training.option.TrainingPrecision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Assembles the settings that a builder has collected, and checks those that depend on each other.
 */
record Assembly(LoraTrainerBuilder given) {
  /** A limit for the state file, which holds a number for each step. */
  static final int MOST_STEPS = 10_000_000;

  Settings settings() {
    TrainingSet images = images();
    requireImplemented();
    UNetFiles model = model();
    TrainedFamily family = new UNetTraining(model);
    AdapterSettings adapter =
        new AdapterSettings(
            given.rank,
            given.alpha.orElse(given.rank),
            given.modules,
            given.textEncoder,
            given.adapter);
    // Fails if there is nothing to train.
    family.modules(adapter, given.clipSkip);
    return new Settings(
        family,
        given.pipeline,
        images,
        given.slider.map(SliderTraining::new),
        adapter,
        recipe(model, images),
        outputs(family.model().checkpoint()),
        given.validation,
        given.listener,
        given.clock);
  }

  /** Refuses options that are still to be implemented. */
  private void requireImplemented() {
    requireDefault(given.adapter, AdapterOptions.DEFAULTS, "adapter");
    requireDefault(given.optimiser, OptimiserOptions.DEFAULTS, "optimiser");
    requireDefault(given.accumulation, 1, "accumulation");
    requireDefault(given.averaging, 0.0, "averaging");
    requireDefault(given.loss, TrainingLoss.L2, "loss");
    requireDefault(given.debiased, false, "debiased");
    requireDefault(given.timesteps, TimestepSampling.UNIFORM, "timesteps");
    requireDefault(given.captions.shuffle(), false, "shuffle of captions");
    requireDefault(given.captions.tagDropout(), 0.0, "tagDropout of captions");
    requireDefault(given.buckets, Optional.empty(), "buckets");
    requireDefault(given.flips, false, "flips");
    requireDefault(given.unmaskedWeight, OptionalDouble.empty(), "maskedLoss");
    requireDefault(given.priorImages, Optional.empty(), "priorPreservation");
    requireDefault(given.priorPrompt, "", "priorPreservation");
    requireDefault(given.cache, Optional.empty(), "cache");
    requireDefault(given.precision, TrainingPrecision.FLOAT32, "precision");
    requireDefault(given.checkpointing, false, "checkpointing");
  }

  private TrainingSet images() {
    if (given.slider.isPresent()) {
      new SliderTraining(given.slider.get()).check(given);
      return TrainingSet.none();
    }
    TrainingSet images = given.set.orElseThrow(() -> Checks.missing("images"));
    return given.trigger.isEmpty() ? images : images.withTrigger(given.trigger);
  }

  private static void requireDefault(Object value, Object usual, String setting) {
    Checks.require(value.equals(usual), setting, "not be set", value);
  }

  /** The model, with the parts and the prediction type of the pipeline if there is one. */
  private UNetFiles model() {
    Path path = checkpoint();
    if (given.pipeline.isEmpty()) {
      return CheckpointReader.read(path);
    }
    Checkpoint opened = given.pipeline.get().checkpoint();
    UNetFiles model = CheckpointReader.read(opened);
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

  private Recipe recipe(UNetFiles model, TrainingSet images) {
    int layers = model.textEncoders().get(0).config().layers();
    Checks.require(
        given.clipSkip <= layers,
        "clipSkip",
        "be at most " + layers + ", the text encoder's layers",
        given.clipSkip);
    Checks.require(
        given.clipSkip == 1 || model.checkpoint().family() == ModelFamily.SD1,
        "clipSkip",
        "be 1 for %s, which always reads the layer that it was trained to read"
            .formatted(model.checkpoint().family().label()),
        given.clipSkip);
    int total = steps(trained(images.examples().size()));
    Checks.require(
        given.warmup < total, "warmup", "be less than the " + total + " steps", given.warmup);
    return new Recipe(
        total,
        given.batchSize,
        given.accumulation,
        given.size.orElse(model.checkpoint().defaultSize()),
        new Recipe.Rates(given.learningRate, textEncoderRates(model), given.warmup, given.schedule),
        new Recipe.Optimisation(
            given.optimiser, given.weightDecay, given.maxGradientNorm, given.averaging),
        new Recipe.Objective(
            given.loss, given.minSnrGamma, given.debiased, given.timesteps, given.noiseOffset),
        new Recipe.Inputs(
            given.captions, given.buckets, given.flips, given.unmaskedWeight, given.priorWeight),
        new Recipe.Computation(given.precision, given.checkpointing),
        given.clipSkip,
        given.seed);
  }

  private List<Double> textEncoderRates(UNetFiles model) {
    double first = given.textEncoderLearningRate.orElse(given.learningRate / 2);
    if (model.textEncoders().size() > 1) {
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

  /** The number of images that are not held out for validation. */
  private int trained(int images) {
    return given
        .validation
        .map(options -> images - HeldOut.of(images, options, given.seed).size())
        .orElse(images);
  }

  private int steps(int images) {
    if (given.epochs.isEmpty()) {
      return given.steps.isEmpty() && given.slider.isPresent()
          ? SliderTraining.STEPS
          : given.steps.orElseThrow(() -> Checks.missing("steps or epochs"));
    }
    long seen = (long) given.epochs.getAsInt() * images;
    long inStep = (long) given.batchSize * given.accumulation;
    long total = (seen + inStep - 1) / inStep;
    Checks.require(total <= MOST_STEPS, "epochs", "make at most " + MOST_STEPS + " steps", total);
    return (int) total;
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
