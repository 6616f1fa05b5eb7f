package dev.sdlora.training;

import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.model.NumberFormat;
import dev.sdlora.api.setting.Draft;
import dev.sdlora.api.setting.Setting;
import dev.sdlora.api.value.Checks;
import dev.sdlora.api.value.DeviceNames;
import dev.sdlora.api.value.SettingException;
import dev.sdlora.training.option.AdapterOptions;
import dev.sdlora.training.option.BucketOptions;
import dev.sdlora.training.option.CaptionOptions;
import dev.sdlora.training.option.LearningRateSchedule;
import dev.sdlora.training.option.OptimiserOptions;
import dev.sdlora.training.option.SliderPrompts;
import dev.sdlora.training.option.TimestepSampling;
import dev.sdlora.training.option.TrainedModules;
import dev.sdlora.training.option.TrainingLoss;
import dev.sdlora.training.option.TrainingPrecision;
import dev.sdlora.training.option.ValidationOptions;
import dev.sdlora.training.setting.TrainingSettings;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Collects the settings of a {@link LoraTrainer}. Every setter checks its value immediately, throws
 * an {@link IllegalArgumentException} if it is invalid, and returns this builder. Not safe for use
 * by several threads.
 */
public final class LoraTrainerBuilder {
  private final Draft values = new Draft();
  Optional<Pipeline> pipeline = Optional.empty();
  Optional<Path> checkpoint = Optional.empty();
  Optional<TrainingSet> set = Optional.empty();
  Optional<Path> output = Optional.empty();
  Optional<String> name = Optional.empty();
  String trigger = "";
  Optional<TrainingSet> priorImages = Optional.empty();
  Optional<Path> report = Optional.empty();
  List<PromptSpec> samples = List.of();
  int sampleEvery;
  Optional<Path> lossPlot = Optional.empty();
  TrainingListener listener = TrainingListener.NONE;
  Clock clock = Clock.systemUTC();

  LoraTrainerBuilder() {}

  /**
   * Trains on the checkpoint of a pipeline. Either this or {@link #checkpoint} is required.
   *
   * @param pipeline the pipeline, which also generates the sample images
   * @return this builder
   */
  public LoraTrainerBuilder pipeline(Pipeline pipeline) {
    this.pipeline = Optional.of(Objects.requireNonNull(pipeline, "pipeline"));
    return this;
  }

  /**
   * Trains on a checkpoint. Either this or {@link #pipeline} is required.
   *
   * @param path a file or a diffusers folder; must be that of the pipeline if there is one
   * @return this builder
   */
  public LoraTrainerBuilder checkpoint(Path path) {
    this.checkpoint = Optional.of(Objects.requireNonNull(path, "path"));
    return this;
  }

  /**
   * Sets the images and captions. This, {@link #trainingSet} or {@link #slider} is required.
   *
   * @param folder the folder, see {@link TrainingSet#ofFolder(Path)}
   * @return this builder
   * @throws TrainingException as {@link TrainingSet#ofFolder(Path)}
   */
  public LoraTrainerBuilder images(Path folder) {
    Objects.requireNonNull(folder, "folder");
    return trainingSet(TrainingSet.ofFolder(folder));
  }

  /**
   * Sets the images and captions. This, {@link #images} or {@link #slider} is required.
   *
   * @param set the images and captions
   * @return this builder
   */
  public LoraTrainerBuilder trainingSet(TrainingSet set) {
    this.set = Optional.of(Objects.requireNonNull(set, "set"));
    return this;
  }

  /**
   * Sets the file to write. Required.
   *
   * @param file a path that ends in {@code .safetensors}; missing folders are created
   * @return this builder
   * @throws IllegalArgumentException if it has another ending
   */
  public LoraTrainerBuilder output(Path file) {
    Objects.requireNonNull(file, "file");
    Checks.require(
        file.toString().endsWith(Outputs.EXTENSION), "output", "end in .safetensors", file);
    this.output = Optional.of(Objects.requireNonNull(file, "file"));
    return this;
  }

  /**
   * Sets the name inside the file, which prompts may use as well.
   *
   * @param name the name, not blank. Default: the file's name without its extension
   * @return this builder
   * @throws IllegalArgumentException if it is blank
   */
  public LoraTrainerBuilder name(String name) {
    Objects.requireNonNull(name, "name");
    Checks.require(!name.isBlank(), "name", "not be blank", name);
    this.name = Optional.of(Objects.requireNonNull(name, "name"));
    return this;
  }

  /**
   * Sets a word that is prepended to captions that lack it and stored in the file.
   *
   * @param word the word, not blank. Default: none; captions are used unchanged
   * @return this builder
   * @throws IllegalArgumentException if it is blank
   */
  public LoraTrainerBuilder triggerWord(String word) {
    Objects.requireNonNull(word, "word");
    Checks.require(!word.isBlank(), "triggerWord", "not be blank", word);
    this.trigger = word.strip();
    return this;
  }

  /**
   * Sets the rank, the number of columns of each factor. For LoRA and LoHa, {@link #build} rejects
   * ranks above the smaller side of a layer's weight.
   *
   * @param rank the rank, 1 to 1024. Default: 8
   * @return this builder
   * @throws IllegalArgumentException if it is out of range
   */
  public LoraTrainerBuilder rank(int rank) {
    return put(TrainingSettings.RANK, rank);
  }

  /**
   * Sets alpha; changes are multiplied by alpha divided by the rank.
   *
   * @param alpha the alpha, above 0. Default: the rank
   * @return this builder
   * @throws IllegalArgumentException if it is not above 0
   */
  public LoraTrainerBuilder alpha(double alpha) {
    return put(TrainingSettings.ALPHA, alpha);
  }

  /**
   * Sets the layers to train.
   *
   * @param modules the layers. Default: {@link TrainedModules#LINEAR}
   * @return this builder
   */
  public LoraTrainerBuilder modules(TrainedModules modules) {
    return put(TrainingSettings.MODULES, modules);
  }

  /**
   * Sets whether to train the text encoder as well; for SDXL, both. Layers whose output the U-Net
   * does not read, such as the last one of SDXL's first encoder, are left out. {@link #build}
   * rejects it for FLUX.1, FLUX.2 and Z-Image, whose text encoders cannot be trained.
   *
   * @param train whether to train it. Default: false
   * @return this builder
   */
  public LoraTrainerBuilder textEncoder(boolean train) {
    return put(TrainingSettings.TEXT_ENCODER, train);
  }

  /**
   * Sets the number of steps. Either this or {@link #epochs} is required, but not for a slider.
   *
   * @param steps the number of steps, 1 to 10 million
   * @return this builder
   * @throws IllegalArgumentException if it is out of range
   */
  public LoraTrainerBuilder steps(int steps) {
    return setAny(TrainingSettings.STEPS, steps);
  }

  /**
   * Sets how many times the set is trained on, with its repeats; the last batch is filled up unless
   * there are {@link #buckets}, which are found from the sizes of images. Either this or {@link
   * #steps} is required.
   *
   * @param epochs the number of epochs, at least 1; takes precedence over a number of steps
   * @return this builder
   * @throws IllegalArgumentException if it is below 1
   */
  public LoraTrainerBuilder epochs(int epochs) {
    return setAny(TrainingSettings.EPOCHS, epochs);
  }

  /**
   * Sets the number of images in each step.
   *
   * @param batchSize the number of images, 1 to 1024. Default: 1
   * @return this builder
   * @throws IllegalArgumentException if it is out of range
   */
  public LoraTrainerBuilder batchSize(int batchSize) {
    return put(TrainingSettings.BATCH_SIZE, batchSize);
  }

  /**
   * Sets the training resolution. Images are scaled to cover it and cropped.
   *
   * @param size the resolution, with sides that are multiples of 8, for FLUX.1, FLUX.2 and Z-Image
   *     of 16. Default: the checkpoint's
   * @return this builder
   */
  public LoraTrainerBuilder size(ImageSize size) {
    return put(TrainingSettings.SIZE, size);
  }

  /**
   * Sets the learning rate of the denoiser.
   *
   * @param rate the learning rate, above 0. Default: 1e-4
   * @return this builder
   * @throws IllegalArgumentException if it is not above 0
   */
  public LoraTrainerBuilder learningRate(double rate) {
    return put(TrainingSettings.LEARNING_RATE, rate);
  }

  /**
   * Sets the learning rate of the text encoders.
   *
   * @param rate the learning rate, above 0. Default: half the denoiser's
   * @return this builder
   * @throws IllegalArgumentException if it is not above 0
   */
  public LoraTrainerBuilder textEncoderLearningRate(double rate) {
    return put(TrainingSettings.TEXT_ENCODER_LEARNING_RATE, rate);
  }

  /**
   * Sets a separate learning rate for the second text encoder of SDXL. For models with one encoder,
   * {@link #build} rejects it.
   *
   * @param rate the learning rate, above 0. Default: that of the first, {@link
   *     #textEncoderLearningRate}
   * @return this builder
   * @throws IllegalArgumentException if it is not above 0
   */
  public LoraTrainerBuilder textEncoder2LearningRate(double rate) {
    return put(TrainingSettings.TEXT_ENCODER_2_LEARNING_RATE, rate);
  }

  /**
   * Sets the number of steps over which the learning rate rises from 0.
   *
   * @param steps the number of steps, 0 to fewer than all. Default: 0
   * @return this builder
   * @throws IllegalArgumentException if it is negative
   */
  public LoraTrainerBuilder warmup(int steps) {
    return put(TrainingSettings.WARMUP, steps);
  }

  /**
   * Sets how the learning rate changes after the warm-up.
   *
   * @param schedule the schedule. Default: {@link LearningRateSchedule#CONSTANT}
   * @return this builder
   */
  public LoraTrainerBuilder schedule(LearningRateSchedule schedule) {
    return put(TrainingSettings.SCHEDULE, schedule);
  }

  /**
   * Sets the weight decay, the share of each weight that a step subtracts, multiplied by the
   * learning rate.
   *
   * @param decay the weight decay, at least 0. Default: 0.01
   * @return this builder
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public LoraTrainerBuilder weightDecay(double decay) {
    return put(TrainingSettings.WEIGHT_DECAY, decay);
  }

  /**
   * Sets the norm to which larger gradients are clipped.
   *
   * @param norm the norm, above 0. Default: 1
   * @return this builder
   * @throws IllegalArgumentException if it is not above 0
   */
  public LoraTrainerBuilder maxGradientNorm(double norm) {
    return put(TrainingSettings.MAX_GRADIENT_NORM, norm);
  }

  /**
   * Weighs each sample by {@code min(snr, gamma) / snr} (Hang et al. 2023). {@link #build} rejects
   * it for FLUX.1, FLUX.2 and Z-Image, whose noise levels have equal weights. Default: equal
   * weights.
   *
   * @param gamma the bound on the signal-to-noise ratio, at least 0, usually 5; 0 for equal weights
   * @return this builder
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public LoraTrainerBuilder minSnrGamma(double gamma) {
    return put(TrainingSettings.MIN_SNR_GAMMA, gamma);
  }

  /**
   * Sets the factor on additional noise that is constant within each channel.
   *
   * @param offset the factor, at least 0. Default: 0
   * @return this builder
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public LoraTrainerBuilder noiseOffset(double offset) {
    return put(TrainingSettings.NOISE_OFFSET, offset);
  }

  /**
   * Sets how captions change from step to step.
   *
   * @param captions the options. Default: {@link CaptionOptions#DEFAULTS}
   * @return this builder
   */
  public LoraTrainerBuilder captions(CaptionOptions captions) {
    return put(TrainingSettings.CAPTIONS, captions);
  }

  /**
   * Sets what is trained for each layer.
   *
   * @param adapter the options. Default: {@link AdapterOptions#DEFAULTS}
   * @return this builder
   */
  public LoraTrainerBuilder adapter(AdapterOptions adapter) {
    return put(TrainingSettings.ADAPTER, adapter);
  }

  /**
   * Sets the optimiser.
   *
   * @param optimiser the options. Default: {@link OptimiserOptions#DEFAULTS}
   * @return this builder
   */
  public LoraTrainerBuilder optimiser(OptimiserOptions optimiser) {
    return put(TrainingSettings.OPTIMISER, optimiser);
  }

  /**
   * Sets the number of batches whose gradients are averaged before each update. A step is an
   * update.
   *
   * @param batches the number of batches, 1 to 1024. Default: 1
   * @return this builder
   * @throws IllegalArgumentException if it is out of range
   */
  public LoraTrainerBuilder accumulation(int batches) {
    return put(TrainingSettings.ACCUMULATION, batches);
  }

  /**
   * Writes a running average of the factors instead of the factors themselves (EMA), and generates
   * samples with it.
   *
   * @param decay the share of the average that each step keeps, 0 to below 1, usually 0.99 to
   *     0.9999. Default: 0, for none
   * @return this builder
   * @throws IllegalArgumentException if it is out of range
   */
  public LoraTrainerBuilder averaging(double decay) {
    return put(TrainingSettings.AVERAGING, decay);
  }

  /**
   * Sets the loss of a predicted number.
   *
   * @param loss the loss. Default: {@link TrainingLoss#L2}
   * @return this builder
   */
  public LoraTrainerBuilder loss(TrainingLoss loss) {
    return put(TrainingSettings.LOSS, loss);
  }

  /**
   * Sets whether to weigh samples by one over the root of their signal-to-noise ratio, at most 1000
   * (Yu et al. 2024, "Debias the Training of Diffusion Models"). Not for FLUX.1, FLUX.2 and
   * Z-Image, whose noise levels have equal weights.
   *
   * @param debiased whether to weigh them. Default: false
   * @return this builder
   */
  public LoraTrainerBuilder debiased(boolean debiased) {
    return put(TrainingSettings.DEBIASED, debiased);
  }

  /**
   * Sets how noise levels are drawn.
   *
   * @param timesteps the distribution. Default: {@link TimestepSampling#UNIFORM} for models with a
   *     U-Net, {@link TimestepSampling#BY_RESOLUTION} for FLUX.1, FLUX.2 and Z-Image
   * @return this builder
   */
  public LoraTrainerBuilder timesteps(TimestepSampling timesteps) {
    return put(TrainingSettings.TIMESTEPS, timesteps);
  }

  /**
   * Trains each image at a size of its own aspect ratio. A batch contains images of one size, and
   * the last batch of a size in an epoch may be smaller. Default: all images are cropped to the
   * training resolution.
   *
   * @param buckets the sizes
   * @return this builder
   */
  public LoraTrainerBuilder buckets(BucketOptions buckets) {
    return put(TrainingSettings.BUCKETS, buckets);
  }

  /**
   * Sets whether half of the images are mirrored in each step.
   *
   * @param flips whether they are. Default: false
   * @return this builder
   */
  public LoraTrainerBuilder flips(boolean flips) {
    return put(TrainingSettings.FLIPS, flips);
  }

  /**
   * Weighs the loss by the masks of images: their mask images, or their alpha channels. Default:
   * masks are ignored.
   *
   * @param unmaskedWeight the weight of black or transparent areas, 0 to 1; white and opaque ones
   *     have weight 1
   * @return this builder
   * @throws IllegalArgumentException if it is out of range
   */
  public LoraTrainerBuilder maskedLoss(double unmaskedWeight) {
    return put(TrainingSettings.UNMASKED_WEIGHT, unmaskedWeight);
  }

  /**
   * Also trains on images of the class that the new thing belongs to, so that the class keeps its
   * meaning (Ruiz et al. 2023, "DreamBooth"). An epoch has as many of them as of other images, and
   * both alternate.
   *
   * @param images the images of the class with their captions
   * @param weight the factor on their loss, above 0, usually 1
   * @return this builder
   * @throws IllegalArgumentException if the weight is not above 0
   */
  public LoraTrainerBuilder priorPreservation(TrainingSet images, double weight) {
    this.priorImages = Optional.of(Objects.requireNonNull(images, "images"));
    remove(TrainingSettings.CLASS_PROMPT);
    TrainingSettings.PRIOR_WEIGHT.kind().require(weight, "weight of priorPreservation");
    return put(TrainingSettings.PRIOR_WEIGHT, weight);
  }

  /**
   * Like {@link #priorPreservation(TrainingSet, double)}, with images that the base model generates
   * before the training, from the seed of the training. Requires a {@link #pipeline}. The images
   * are kept for later runs, in the {@link #cache} or in the folder {@code <stem>-prior} next to
   * the LoRA.
   *
   * @param prompt the prompt and caption of the images, such as {@code a cat}
   * @param count the number of images, 1 to 10,000
   * @param weight the factor on their loss, above 0, usually 1
   * @return this builder
   * @throws IllegalArgumentException if the prompt is blank or a number is out of range
   */
  public LoraTrainerBuilder priorPreservation(String prompt, int count, double weight) {
    Objects.requireNonNull(prompt, "prompt");
    Checks.require(!prompt.isBlank(), "prompt of priorPreservation", "not be blank", prompt);
    TrainingSettings.CLASS_COUNT.kind().require(count, "count of priorPreservation");
    TrainingSettings.PRIOR_WEIGHT.kind().require(weight, "weight of priorPreservation");
    this.priorImages = Optional.empty();
    return put(TrainingSettings.CLASS_PROMPT, prompt)
        .put(TrainingSettings.CLASS_COUNT, count)
        .put(TrainingSettings.PRIOR_WEIGHT, weight);
  }

  /**
   * Keeps latents and text states on disk, under hashes of what they are computed from, for later
   * training runs. Captions that are shuffled or lose tags are not kept, nor those of FLUX.1,
   * FLUX.2 and Z-Image. Default: latents and states are computed for each run.
   *
   * @param folder the folder, created if it is missing
   * @return this builder
   */
  public LoraTrainerBuilder cache(Path folder) {
    return put(TrainingSettings.CACHE, Objects.requireNonNull(folder, "folder"));
  }

  /**
   * Trains a slider on prompts, against the checkpoint's own predictions; there are no images then,
   * and settings of images are rejected by {@link #build}. Each member of a batch is a pair of the
   * same latent at weight 1 and -1, so that a step costs about ten calls of the model for each. The
   * text encoder is not trained. The default number of steps is 500.
   *
   * @param prompts the prompts
   * @return this builder
   */
  public LoraTrainerBuilder slider(SliderPrompts prompts) {
    return put(TrainingSettings.SLIDER, Objects.requireNonNull(prompts, "prompts"));
  }

  /**
   * Sets the device that trains.
   *
   * @param device a name as in {@link Pipeline.Builder#device}. Default: that of the pipeline, or
   *     {@code auto}, the best one
   * @return this builder
   * @throws IllegalArgumentException if the name is invalid
   */
  public LoraTrainerBuilder device(String device) {
    return put(
        TrainingSettings.DEVICE, DeviceNames.canonical(Objects.requireNonNull(device, "device")));
  }

  /**
   * Sets the dtype of the frozen networks and their products.
   *
   * @param precision the precision; {@link TrainingPrecision#INT8} only for FLUX.1, FLUX.2 and
   *     Z-Image, and not with DoRA. Default: {@link TrainingPrecision#FLOAT32}
   * @return this builder
   */
  public LoraTrainerBuilder precision(TrainingPrecision precision) {
    return put(TrainingSettings.PRECISION, precision);
  }

  /**
   * Sets whether to compute inner values again for gradients instead of keeping them (Chen et al.
   * 2016), which takes about a third more time and a fraction of the memory.
   *
   * @param checkpointing whether to compute them again. Default: false
   * @return this builder
   */
  public LoraTrainerBuilder checkpointing(boolean checkpointing) {
    return put(TrainingSettings.CHECKPOINTING, checkpointing);
  }

  /**
   * Measures the loss on images that are not trained on. Default: never.
   *
   * @param validation the share of images and the intervals
   * @return this builder
   */
  public LoraTrainerBuilder validation(ValidationOptions validation) {
    return put(TrainingSettings.VALIDATION, validation);
  }

  /**
   * Sets the weights of the LoRA at which each sample image is generated.
   *
   * @param weights the weights, at least one, finite. Default: 1
   * @return this builder
   * @throws IllegalArgumentException if there are none or one is not finite
   */
  public LoraTrainerBuilder sampleWeights(List<Double> weights) {
    Objects.requireNonNull(weights, "weights");
    return put(TrainingSettings.SAMPLE_WEIGHTS, List.copyOf(weights));
  }

  /**
   * Writes a report of the training at its end, one HTML file that contains its images. Default:
   * none.
   *
   * @param html a path that ends in {@code .html}; missing folders are created
   * @return this builder
   * @throws IllegalArgumentException if it has another ending
   */
  public LoraTrainerBuilder report(Path html) {
    Objects.requireNonNull(html, "html");
    Checks.require(html.toString().endsWith(".html"), "report", "end in .html", html);
    this.report = Optional.of(html);
    return this;
  }

  /**
   * Sets the layer of SD 1.x's text encoder that the U-Net reads.
   *
   * @param clipSkip 1, the default, for the last layer; must be 1 for other families
   * @return this builder
   * @throws IllegalArgumentException if it is below 1
   */
  public LoraTrainerBuilder clipSkip(int clipSkip) {
    return put(TrainingSettings.CLIP_SKIP, clipSkip);
  }

  /**
   * Sets the random seed.
   *
   * @param seed any number. Default: 0
   * @return this builder
   */
  public LoraTrainerBuilder seed(long seed) {
    return put(TrainingSettings.SEED, seed);
  }

  /**
   * Saves the LoRA at intervals as {@code <stem>-step000100.safetensors} and so on, and the state
   * of the training as {@code <stem>.training-state.safetensors}. Default: never.
   *
   * @param steps the number of steps between two saves, at least 1
   * @return this builder
   * @throws IllegalArgumentException if it is below 1
   */
  public LoraTrainerBuilder saveEvery(int steps) {
    return put(TrainingSettings.SAVE_EVERY, steps);
  }

  /**
   * Sets whether to resume from the state file if it exists.
   *
   * @param resume whether to resume. Default: false
   * @return this builder
   */
  public LoraTrainerBuilder resume(boolean resume) {
    return put(TrainingSettings.RESUME, resume);
  }

  /**
   * Generates sample images with the unfinished LoRA, {@code <stem>-step000100-1.png} and so on.
   * Requires a {@link #pipeline}. Default: none.
   *
   * @param specs the images to generate, at least one
   * @param everySteps the number of steps between samples, at least 1
   * @return this builder
   * @throws IllegalArgumentException if there are no specs, or the number is below 1
   */
  public LoraTrainerBuilder samples(List<PromptSpec> specs, int everySteps) {
    Objects.requireNonNull(specs, "specs");
    Checks.require(!specs.isEmpty(), "samples", "not be empty", specs);
    this.samples = List.copyOf(specs);
    this.sampleEvery = Checks.atLeast(1, everySteps, "everySteps of samples");
    return this;
  }

  /**
   * Plots the losses at each save and at the end. Default: no plot.
   *
   * @param png a path that ends in {@code .png}; missing folders are created
   * @return this builder
   * @throws IllegalArgumentException if it has another ending
   */
  public LoraTrainerBuilder lossPlot(Path png) {
    Objects.requireNonNull(png, "png");
    Checks.require(png.toString().endsWith(".png"), "lossPlot", "end in .png", png);
    this.lossPlot = Optional.of(Objects.requireNonNull(png, "png"));
    return this;
  }

  /**
   * Sets the dtype of the file.
   *
   * @param format {@link NumberFormat#FLOAT16}, the default, or {@link NumberFormat#FLOAT32}
   * @return this builder
   * @throws IllegalArgumentException if it is another dtype
   */
  public LoraTrainerBuilder fileFormat(NumberFormat format) {
    Objects.requireNonNull(format, "format");
    Checks.require(format != NumberFormat.BFLOAT16, "fileFormat", "be FLOAT16 or FLOAT32", format);
    return put(TrainingSettings.FILE_FORMAT, format);
  }

  /**
   * Sets the listener.
   *
   * @param listener the listener. Default: {@link TrainingListener#NONE}
   * @return this builder
   */
  public LoraTrainerBuilder listener(TrainingListener listener) {
    this.listener = Objects.requireNonNull(listener, "listener");
    return this;
  }

  /**
   * Sets a setting by its name, for values from files and forms.
   *
   * @param name the name of the setter, such as {@code learningRate}; {@code classPrompt}, {@code
   *     classCount} and {@code priorWeight} for those of {@link #priorPreservation(String, int,
   *     double)}, {@code unmaskedWeight} for {@link #maskedLoss}
   * @param value a number, a boolean, or a text; of options, a map from the names of their
   *     components, where missing ones stay as they are; of lists, a list
   * @return this builder
   * @throws IllegalArgumentException if there is no such setting, or its value is invalid
   */
  public LoraTrainerBuilder set(String name, Object value) {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(value, "value");
    Setting<Draft, Draft, ?> setting = TrainingSettings.TRAINING.setting(name);
    try {
      return setAny(setting, value);
    } catch (SettingException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      throw new IllegalArgumentException(
          name + (message.startsWith("must ") ? " " : ": ") + message, e);
    }
  }

  private <T> LoraTrainerBuilder setAny(Setting<Draft, Draft, T> setting, Object value) {
    List<Setting<Draft, Draft, ?>> amounts =
        List.of(TrainingSettings.STEPS, TrainingSettings.EPOCHS);
    if (amounts.contains(setting)) {
      amounts.forEach(this::remove);
    }
    return put(setting, setting.kind().change(setting.get(values), value));
  }

  private <T> LoraTrainerBuilder put(Setting<Draft, Draft, T> setting, T value) {
    setting.set(values, Objects.requireNonNull(value, setting.name()));
    return this;
  }

  /** Unsets a setting. */
  void remove(Setting<Draft, Draft, ?> setting) {
    values.remove(setting.name());
  }

  /** Returns the value of a setting that has a default. */
  <T> T get(Setting<Draft, Draft, T> setting) {
    return find(setting).orElseThrow();
  }

  /** Returns the value of a setting; empty if it is not set and has no default. */
  <T> Optional<T> find(Setting<Draft, Draft, T> setting) {
    return setting.get(values);
  }

  /** Sets the clock for the times in the file, for tests that compare files. */
  LoraTrainerBuilder clock(Clock clock) {
    this.clock = clock;
    return this;
  }

  /**
   * Checks that the settings are consistent, and reads the headers of the checkpoint. The builder
   * can be reused.
   *
   * @return a trainer; training has not started
   * @throws IllegalStateException if a required setting is missing
   * @throws IllegalArgumentException if settings contradict each other
   * @throws TrainingException if the checkpoint has no layers to train, or is of a kind that cannot
   *     be trained: a refiner, an inpainting, control or editing model, one with continuous noise
   *     levels (EDM) or distilled with the guidance scale as an input (LCM), or a transformer other
   *     than FLUX.1, FLUX.2 klein and Z-Image
   * @throws dev.sdlora.api.error.CheckpointException if the checkpoint is invalid or incomplete
   */
  public LoraTrainer build() {
    return new LoraTrainer(new Assembly(this).settings());
  }
}
