package dev.sdlora.training;

import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.model.NumberFormat;
import dev.sdlora.api.value.Checks;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Collects the settings of a {@link LoraTrainer}. Every setter checks its value at once, throws an
 * {@link IllegalArgumentException} for a bad one, and returns this builder. Not safe for several
 * threads.
 */
public final class LoraTrainerBuilder {
  Optional<Pipeline> pipeline = Optional.empty();
  Optional<Path> checkpoint = Optional.empty();
  Optional<TrainingSet> set = Optional.empty();
  Optional<Path> output = Optional.empty();
  Optional<String> name = Optional.empty();
  String trigger = "";
  int rank = 8;
  OptionalDouble alpha = OptionalDouble.empty();
  TrainedModules modules = TrainedModules.LINEAR;
  boolean textEncoder;
  OptionalInt steps = OptionalInt.empty();
  OptionalInt epochs = OptionalInt.empty();
  int batchSize = 1;
  Optional<ImageSize> size = Optional.empty();
  double learningRate = 1e-4;
  OptionalDouble textEncoderLearningRate = OptionalDouble.empty();
  OptionalDouble textEncoder2LearningRate = OptionalDouble.empty();
  int warmup;
  boolean cosine;
  double weightDecay = 0.01;
  double maxGradientNorm = 1;
  OptionalDouble minSnrGamma = OptionalDouble.empty();
  double noiseOffset;
  double captionDropout;
  int clipSkip = 1;
  long seed;
  int saveEvery;
  boolean resume;
  List<PromptSpec> samples = List.of();
  int sampleEvery;
  Optional<Path> lossPlot = Optional.empty();
  NumberFormat format = NumberFormat.FLOAT16;
  TrainingListener listener = TrainingListener.NONE;
  Clock clock = Clock.systemUTC();

  LoraTrainerBuilder() {}

  /**
   * Trains on the checkpoint of a pipeline. Either this or {@link #checkpoint} is required.
   *
   * @param pipeline also makes the sample images
   * @return this builder
   */
  public LoraTrainerBuilder pipeline(Pipeline pipeline) {
    this.pipeline = Optional.of(Objects.requireNonNull(pipeline, "pipeline"));
    return this;
  }

  /**
   * Trains on a checkpoint. Either this or {@link #pipeline} is required.
   *
   * @param path a file or a diffusers folder; that of the pipeline if there is one
   * @return this builder
   */
  public LoraTrainerBuilder checkpoint(Path path) {
    this.checkpoint = Optional.of(Objects.requireNonNull(path, "path"));
    return this;
  }

  /**
   * Sets the images and captions. Either this or {@link #trainingSet} is required.
   *
   * @param folder see {@link TrainingSet#ofFolder(Path)}
   * @return this builder
   * @throws TrainingException if it holds no images or a caption is missing
   */
  public LoraTrainerBuilder images(Path folder) {
    Objects.requireNonNull(folder, "folder");
    return trainingSet(TrainingSet.ofFolder(folder));
  }

  /**
   * Sets the images and captions. Either this or {@link #images} is required.
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
   * @param file ends in {@code .safetensors}; missing folders are made
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
   * @param name not blank. Default: the file's name without its ending
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
   * Puts a word in front of captions that lack it, and into the file.
   *
   * @param word not blank. Default: none; captions are left alone
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
   * Sets the number of columns of each factor.
   *
   * @param rank from 1 to 1024. Default 8
   * @return this builder
   * @throws IllegalArgumentException if it is out of range
   */
  public LoraTrainerBuilder rank(int rank) {
    this.rank = Checks.inRange(1, 1024, rank, "rank");
    return this;
  }

  /**
   * Sets the factor on the changes, which counts divided by the rank.
   *
   * @param alpha above 0. Default: the rank
   * @return this builder
   * @throws IllegalArgumentException if it is not above 0
   */
  public LoraTrainerBuilder alpha(double alpha) {
    this.alpha = OptionalDouble.of(Checks.positive(alpha, "alpha"));
    return this;
  }

  /**
   * Sets which layers are trained.
   *
   * @param modules default {@link TrainedModules#LINEAR}
   * @return this builder
   */
  public LoraTrainerBuilder modules(TrainedModules modules) {
    this.modules = Objects.requireNonNull(modules, "modules");
    return this;
  }

  /**
   * Sets whether the text encoder is trained as well, of SDXL both. Layers behind what the U-Net
   * reads are left out, such as the last one of SDXL's first encoder.
   *
   * @param train default false
   * @return this builder
   */
  public LoraTrainerBuilder textEncoder(boolean train) {
    this.textEncoder = train;
    return this;
  }

  /**
   * Sets the number of steps. Either this or {@link #epochs} is required.
   *
   * @param steps from 1 to 10 million
   * @return this builder
   * @throws IllegalArgumentException if it is out of range
   */
  public LoraTrainerBuilder steps(int steps) {
    this.steps = OptionalInt.of(Checks.inRange(1, Assembly.MOST_STEPS, steps, "steps"));
    this.epochs = OptionalInt.empty();
    return this;
  }

  /**
   * Sets how many times each image is seen; the last batch is filled up. Either this or {@link
   * #steps} is required.
   *
   * @param epochs at least 1; goes before a number of steps
   * @return this builder
   * @throws IllegalArgumentException if it is below 1
   */
  public LoraTrainerBuilder epochs(int epochs) {
    this.epochs = OptionalInt.of(Checks.atLeast(1, epochs, "epochs"));
    this.steps = OptionalInt.empty();
    return this;
  }

  /**
   * Sets how many images a step looks at.
   *
   * @param batchSize 1, the default, to 1024
   * @return this builder
   * @throws IllegalArgumentException if it is out of range
   */
  public LoraTrainerBuilder batchSize(int batchSize) {
    this.batchSize = Checks.inRange(1, 1024, batchSize, "batchSize");
    return this;
  }

  /**
   * Sets the size to which images are scaled and cut.
   *
   * @param size default: the checkpoint's
   * @return this builder
   */
  public LoraTrainerBuilder size(ImageSize size) {
    this.size = Optional.of(Objects.requireNonNull(size, "size"));
    return this;
  }

  /**
   * Sets the learning rate of the U-Net.
   *
   * @param rate above 0. Default 1e-4
   * @return this builder
   * @throws IllegalArgumentException if it is not above 0
   */
  public LoraTrainerBuilder learningRate(double rate) {
    this.learningRate = Checks.positive(rate, "learningRate");
    return this;
  }

  /**
   * Sets the learning rate of the text encoders.
   *
   * @param rate above 0. Default: half the U-Net's
   * @return this builder
   * @throws IllegalArgumentException if it is not above 0
   */
  public LoraTrainerBuilder textEncoderLearningRate(double rate) {
    this.textEncoderLearningRate =
        OptionalDouble.of(Checks.positive(rate, "textEncoderLearningRate"));
    return this;
  }

  /**
   * Sets a learning rate of its own for the second text encoder of SDXL. Models with one encoder
   * refuse it in {@link #build}.
   *
   * @param rate above 0. Default: that of the first, {@link #textEncoderLearningRate}
   * @return this builder
   * @throws IllegalArgumentException if it is not above 0
   */
  public LoraTrainerBuilder textEncoder2LearningRate(double rate) {
    this.textEncoder2LearningRate =
        OptionalDouble.of(Checks.positive(rate, "textEncoder2LearningRate"));
    return this;
  }

  /**
   * Sets over how many steps the learning rate rises from 0.
   *
   * @param steps from 0, the default, to fewer than all
   * @return this builder
   * @throws IllegalArgumentException if it is negative
   */
  public LoraTrainerBuilder warmup(int steps) {
    this.warmup = Checks.atLeast(0, steps, "warmup");
    return this;
  }

  /**
   * Sets whether the learning rate falls to 0 along half a cosine; otherwise it stays level.
   *
   * @param cosine default false
   * @return this builder
   */
  public LoraTrainerBuilder cosine(boolean cosine) {
    this.cosine = cosine;
    return this;
  }

  /**
   * Sets what share of a number, times the learning rate, a step takes off.
   *
   * @param decay from 0. Default 0.01
   * @return this builder
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public LoraTrainerBuilder weightDecay(double decay) {
    Checks.require(
        decay >= 0 && Double.isFinite(decay), "weightDecay", "be at least 0 and finite", decay);
    this.weightDecay = decay;
    return this;
  }

  /**
   * Sets the length to which longer gradients are cut.
   *
   * @param norm above 0. Default 1
   * @return this builder
   * @throws IllegalArgumentException if it is not above 0
   */
  public LoraTrainerBuilder maxGradientNorm(double norm) {
    this.maxGradientNorm = Checks.positive(norm, "maxGradientNorm");
    return this;
  }

  /**
   * Weighs each sample by {@code min(snr, gamma) / snr} (Hang et al. 2023). Default: all samples
   * weigh the same.
   *
   * @param gamma above 0, usually 5
   * @return this builder
   * @throws IllegalArgumentException if it is not above 0
   */
  public LoraTrainerBuilder minSnrGamma(double gamma) {
    this.minSnrGamma = OptionalDouble.of(Checks.positive(gamma, "minSnrGamma"));
    return this;
  }

  /**
   * Sets a factor on noise that is the same all over a channel.
   *
   * @param offset from 0, the default
   * @return this builder
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public LoraTrainerBuilder noiseOffset(double offset) {
    Checks.require(
        offset >= 0 && Double.isFinite(offset), "noiseOffset", "be at least 0 and finite", offset);
    this.noiseOffset = offset;
    return this;
  }

  /**
   * Sets the share of captions that are replaced by the empty one.
   *
   * @param share from 0, the default, to 1
   * @return this builder
   * @throws IllegalArgumentException if it is out of range
   */
  public LoraTrainerBuilder captionDropout(double share) {
    this.captionDropout = Checks.inRange(0.0, 1.0, share, "captionDropout");
    return this;
  }

  /**
   * Sets which layer of the text encoder of SD 1.x is read.
   *
   * @param clipSkip 1, the default, for the last layer, which it must be for other families
   * @return this builder
   * @throws IllegalArgumentException if it is below 1
   */
  public LoraTrainerBuilder clipSkip(int clipSkip) {
    this.clipSkip = Checks.atLeast(1, clipSkip, "clipSkip");
    return this;
  }

  /**
   * Sets what all random numbers follow from.
   *
   * @param seed any number. Default 0
   * @return this builder
   */
  public LoraTrainerBuilder seed(long seed) {
    this.seed = seed;
    return this;
  }

  /**
   * Writes {@code <stem>-step000100.safetensors} and the like, and the state of the training to
   * {@code <stem>.training-state.safetensors}, on the way. Default: never.
   *
   * @param steps after each so many, at least 1
   * @return this builder
   * @throws IllegalArgumentException if it is below 1
   */
  public LoraTrainerBuilder saveEvery(int steps) {
    this.saveEvery = Checks.atLeast(1, steps, "saveEvery");
    return this;
  }

  /**
   * Sets whether the training goes on from the state file if there is one.
   *
   * @param resume default false
   * @return this builder
   */
  public LoraTrainerBuilder resume(boolean resume) {
    this.resume = resume;
    return this;
  }

  /**
   * Makes images with the LoRA as it stands, {@code <stem>-step000100-1.png} and so on. Needs a
   * {@link #pipeline}. Default: none.
   *
   * @param specs what to make, at least one
   * @param everySteps after each so many steps, at least 1
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
   * Draws the losses at each save and at the end. Default: not.
   *
   * @param png ends in {@code .png}; missing folders are made
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
   * Sets the number format of the file.
   *
   * @param format {@link NumberFormat#FLOAT16}, the default, or {@link NumberFormat#FLOAT32}
   * @return this builder
   * @throws IllegalArgumentException if it is another
   */
  public LoraTrainerBuilder fileFormat(NumberFormat format) {
    Objects.requireNonNull(format, "format");
    Checks.require(format != NumberFormat.BFLOAT16, "fileFormat", "be FLOAT16 or FLOAT32", format);
    this.format = format;
    return this;
  }

  /**
   * Sets who watches the training.
   *
   * @param listener default {@link TrainingListener#NONE}
   * @return this builder
   */
  public LoraTrainerBuilder listener(TrainingListener listener) {
    this.listener = Objects.requireNonNull(listener, "listener");
    return this;
  }

  /** Sets where the times in the file come from, for tests that compare files. */
  LoraTrainerBuilder clock(Clock clock) {
    this.clock = clock;
    return this;
  }

  /**
   * Checks that the settings go together, and reads the headers of the checkpoint. The builder can
   * be used further.
   *
   * @return a trainer, which has trained nothing yet
   * @throws IllegalStateException if a required setting is missing
   * @throws IllegalArgumentException if settings do not go together
   * @throws TrainingException if the checkpoint has no layers to train, or is one that is not
   *     trained on: a refiner, a model for inpainting or editing, one of any noise level (EDM)
   * @throws dev.sdlora.api.error.CheckpointException if it does not hold what it should
   */
  public LoraTrainer build() {
    return new LoraTrainer(new Assembly(this).settings());
  }
}
