package dev.sdlora.server.training;

import dev.sdlora.api.model.NumberFormat;
import dev.sdlora.request.FieldException;
import dev.sdlora.request.Fields;
import dev.sdlora.training.LoraTrainerBuilder;
import dev.sdlora.training.Recommendation;
import dev.sdlora.training.TrainingSet;
import dev.sdlora.training.option.BucketOptions;
import dev.sdlora.training.option.CaptionOptions;
import dev.sdlora.training.option.LearningRateSchedule;
import dev.sdlora.training.option.OptimiserKind;
import dev.sdlora.training.option.OptimiserOptions;
import dev.sdlora.training.option.SliderPrompts;
import dev.sdlora.training.option.TimestepSampling;
import dev.sdlora.training.option.TrainedModules;
import dev.sdlora.training.option.TrainingLoss;
import dev.sdlora.training.option.TrainingPrecision;
import dev.sdlora.training.option.ValidationOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Reads the settings of a trainer. Fields that are missing leave the trainer as it is. Not safe for
 * use by several threads.
 */
final class TrainingOptions {
  /** The delta of Huber's loss in kohya's scripts. */
  private static final double HUBER_DELTA = 0.1;

  /** The default share of images that are held out for validation. */
  static final double VALIDATION_SHARE = 0.1;

  /** The default number of steps between measurements of the validation loss. */
  static final int VALIDATION_EVERY = 50;

  /** The usual number of images for prior preservation. */
  private static final int CLASS_IMAGES = 100;

  private final Fields fields;
  private final List<Consumer<LoraTrainerBuilder>> setters = new ArrayList<>();

  private TrainingOptions(Fields fields) {
    this.fields = fields;
  }

  /**
   * Reads the settings.
   *
   * @param fields the fields, as {@link TrainingFields#flat} returns them
   * @param classImages the images of {@code class_images}
   * @return a function that applies the settings; it throws an {@link IllegalArgumentException}
   *     that names the field if the trainer refuses one
   */
  static Consumer<LoraTrainerBuilder> read(Fields fields, Optional<TrainingSet> classImages) {
    TrainingOptions options = new TrainingOptions(fields);
    options.amount();
    options.weights();
    options.optimisation();
    options.objective();
    options.inputs();
    options.classImages(classImages);
    options.computation();
    List<Consumer<LoraTrainerBuilder>> setters = List.copyOf(options.setters);
    return trainer -> setters.forEach(setter -> setter.accept(trainer));
  }

  private void amount() {
    if (fields.has("steps") && fields.has("epochs")) {
      throw new FieldException("epochs", "give 'steps' or 'epochs', not both");
    }
    whole("steps", LoraTrainerBuilder::steps);
    whole("epochs", LoraTrainerBuilder::epochs);
    whole("batch_size", LoraTrainerBuilder::batchSize);
    whole("accumulation", LoraTrainerBuilder::accumulation);
    fields.whole("seed").ifPresent(seed -> setters.add(trainer -> trainer.seed(seed)));
  }

  private void weights() {
    whole("rank", LoraTrainerBuilder::rank);
    number("alpha", LoraTrainerBuilder::alpha);
    choice("modules", TrainedModules.class, LoraTrainerBuilder::modules);
    flag("text_encoder", LoraTrainerBuilder::textEncoder);
    whole("clip_skip", LoraTrainerBuilder::clipSkip);
    choice("file_format", NumberFormat.class, LoraTrainerBuilder::fileFormat);
    group("adapter", () -> AdapterFields.read(fields), LoraTrainerBuilder::adapter);
  }

  private void optimisation() {
    number("learning_rate", LoraTrainerBuilder::learningRate);
    number("text_encoder_learning_rate", LoraTrainerBuilder::textEncoderLearningRate);
    number("text_encoder_2_learning_rate", LoraTrainerBuilder::textEncoder2LearningRate);
    whole("warmup", LoraTrainerBuilder::warmup);
    number("weight_decay", LoraTrainerBuilder::weightDecay);
    number("max_gradient_norm", LoraTrainerBuilder::maxGradientNorm);
    number("ema", LoraTrainerBuilder::averaging);
    group("schedule", this::schedule, LoraTrainerBuilder::schedule);
    group("optimizer", this::optimiser, LoraTrainerBuilder::optimiser);
  }

  private LearningRateSchedule schedule() {
    return new LearningRateSchedule(
        TrainingFields.choice(fields, "schedule.shape", LearningRateSchedule.Shape.class)
            .orElse(LearningRateSchedule.Shape.COSINE),
        fields.whole("schedule.cycles", 1));
  }

  private OptimiserOptions optimiser() {
    OptimiserOptions kind =
        OptimiserOptions.of(
            TrainingFields.choice(fields, "optimizer.kind", OptimiserKind.class)
                .orElse(OptimiserKind.ADAMW));
    requireOnly("optimizer.growth", kind.kind() == OptimiserKind.PRODIGY, "prodigy");
    if (fields.has("optimizer.beta1") != fields.has("optimizer.beta2")) {
      throw new FieldException(
          "optimizer.beta1", "give both 'optimizer.beta1' and 'optimizer.beta2', or neither");
    }
    return new OptionDraft<>(fields, "optimizer.", kind)
        .number("beta1", (o, value) -> o.withBetas(value, 0))
        .number("beta2", (o, value) -> o.withBetas(o.beta1().orElseThrow(), value))
        .number("growth", OptimiserOptions::withGrowth)
        .options();
  }

  private void objective() {
    number("min_snr_gamma", LoraTrainerBuilder::minSnrGamma);
    flag("debiased", LoraTrainerBuilder::debiased);
    number("noise_offset", LoraTrainerBuilder::noiseOffset);
    group("loss", this::loss, LoraTrainerBuilder::loss);
    group("timesteps", this::timesteps, LoraTrainerBuilder::timesteps);
  }

  private TrainingLoss loss() {
    TrainingLoss.Shape shape =
        TrainingFields.choice(fields, "loss.shape", TrainingLoss.Shape.class)
            .orElse(TrainingLoss.Shape.L2);
    requireOnly("loss.delta", shape != TrainingLoss.Shape.L2, "huber or huber_by_noise");
    return shape == TrainingLoss.Shape.L2
        ? TrainingLoss.L2
        : new TrainingLoss(shape, fields.number("loss.delta").orElse(HUBER_DELTA));
  }

  private TimestepSampling timesteps() {
    TimestepSampling usual = TimestepSampling.UNIFORM;
    TimestepSampling.Shape shape =
        TrainingFields.choice(fields, "timesteps.shape", TimestepSampling.Shape.class)
            .orElse(usual.shape());
    boolean normal = shape == TimestepSampling.Shape.LOGIT_NORMAL;
    requireOnly("timesteps.mean", normal, "logit_normal");
    requireOnly("timesteps.deviation", normal, "logit_normal");
    requireOnly("timesteps.shift", shape == TimestepSampling.Shape.SHIFTED, "shifted");
    return new TimestepSampling(
        shape,
        fields.number("timesteps.mean").orElse(usual.mean()),
        fields.number("timesteps.deviation").orElse(usual.deviation()),
        fields.number("timesteps.shift").orElse(usual.shift()),
        fields.number("timesteps.least").orElse(usual.least()),
        fields.number("timesteps.most").orElse(usual.most()));
  }

  private void inputs() {
    group("captions", this::captions, LoraTrainerBuilder::captions);
    group("buckets", this::buckets, LoraTrainerBuilder::buckets);
    flag("flip", LoraTrainerBuilder::flips);
    if (fields.flag("masked_loss", false)) {
      double weight = fields.number("masked_loss.unmasked_weight").orElse(0);
      setters.add(
          trainer -> fields.set("masked_loss.unmasked_weight", () -> trainer.maskedLoss(weight)));
    }
    group("validation", this::validation, LoraTrainerBuilder::validation);
    group("slider", this::slider, LoraTrainerBuilder::slider);
  }

  private CaptionOptions captions() {
    return new OptionDraft<>(
            fields,
            "captions.",
            CaptionOptions.DEFAULTS.withDropout(Recommendation.CAPTION_DROPOUT))
        .whole("kept", (o, kept) -> new CaptionOptions(o.shuffle(), kept, 0, o.dropout()))
        .flag("shuffle", (o, on) -> new CaptionOptions(on, o.kept(), 0, o.dropout()))
        .number("tag_dropout", CaptionOptions::withTagDropout)
        .number("dropout", CaptionOptions::withDropout)
        .options();
  }

  private BucketOptions buckets() {
    BucketOptions usual = BucketOptions.DEFAULTS;
    return new BucketOptions(
        fields.whole("buckets.least", usual.least()),
        fields.whole("buckets.most", usual.most()),
        fields.whole("buckets.step", usual.step()),
        fields.flag("buckets.upscale", usual.upscale()));
  }

  private ValidationOptions validation() {
    return new ValidationOptions(
        fields.number("validation.share").orElse(VALIDATION_SHARE),
        fields.whole("validation.every", VALIDATION_EVERY),
        fields.whole("validation.patience", 0));
  }

  private SliderPrompts slider() {
    SliderPrompts prompts =
        SliderPrompts.of(
            TrainingFields.text(fields, "slider.target"),
            TrainingFields.text(fields, "slider.positive"),
            TrainingFields.text(fields, "slider.negative"));
    return new OptionDraft<>(
            fields, "slider.", prompts.keeping(TrainingFields.texts(fields, "slider.kept")))
        .number("guidance", SliderPrompts::withGuidance)
        .options();
  }

  private void classImages(Optional<TrainingSet> given) {
    String prompt = TrainingFields.text(fields, "class_prompt");
    double weight = fields.number("prior_weight").orElse(1);
    if (given.isPresent()) {
      if (!prompt.isEmpty() || fields.has("class_count")) {
        throw new FieldException(
            "class_prompt", "give 'class_images', or 'class_prompt' with 'class_count', not both");
      }
      prior(trainer -> trainer.priorPreservation(given.get(), weight));
    } else if (!prompt.isEmpty()) {
      int count = fields.whole("class_count", CLASS_IMAGES);
      prior(trainer -> trainer.priorPreservation(prompt, count, weight));
    } else if (fields.has("prior_weight") || fields.has("class_count")) {
      throw new FieldException(
          "class_prompt",
          "'prior_weight' and 'class_count' require 'class_prompt' or 'class_images'");
    }
  }

  private void prior(Consumer<LoraTrainerBuilder> setter) {
    setters.add(trainer -> fields.set("prior_weight", () -> setter.accept(trainer)));
  }

  private void computation() {
    choice("precision", TrainingPrecision.class, LoraTrainerBuilder::precision);
    flag("checkpointing", LoraTrainerBuilder::checkpointing);
    if (fields.has("sample_weights")) {
      List<Double> weights = fields.numbers("sample_weights");
      setters.add(trainer -> fields.set("sample_weights", () -> trainer.sampleWeights(weights)));
    }
  }

  /** Refuses a field that has no effect. */
  private void requireOnly(String name, boolean effective, String kinds) {
    if (!effective && fields.has(name)) {
      throw new FieldException(name, "field '%s' is only for %s".formatted(name, kinds));
    }
  }

  private void number(String name, BiConsumer<LoraTrainerBuilder, Double> setter) {
    fields.number(name).ifPresent(value -> add(name, value, setter));
  }

  private void whole(String name, BiConsumer<LoraTrainerBuilder, Integer> setter) {
    if (fields.number(name).isPresent()) {
      add(name, fields.whole(name, 0), setter);
    }
  }

  private void flag(String name, BiConsumer<LoraTrainerBuilder, Boolean> setter) {
    if (fields.has(name)) {
      add(name, fields.flag(name, false), setter);
    }
  }

  private <E extends Enum<E>> void choice(
      String name, Class<E> type, BiConsumer<LoraTrainerBuilder, E> setter) {
    TrainingFields.choice(fields, name, type).ifPresent(value -> add(name, value, setter));
  }

  private <T> void add(String name, T value, BiConsumer<LoraTrainerBuilder, T> setter) {
    setters.add(trainer -> fields.set(name, () -> setter.accept(trainer, value)));
  }

  /** Reads a group of options, if there is one. */
  private <T> void group(
      String name, Supplier<T> options, BiConsumer<LoraTrainerBuilder, T> setter) {
    if (!fields.flag(name, false)) {
      return;
    }
    try {
      T read = options.get();
      setters.add(trainer -> setter.accept(trainer, read));
    } catch (FieldException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new FieldException(name, "field '%s': %s".formatted(name, e.getMessage()), e);
    }
  }
}
