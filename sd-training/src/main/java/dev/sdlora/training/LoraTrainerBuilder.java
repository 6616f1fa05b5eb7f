package dev.sdlora.training;

import dev.sdlora.api.ImageSize;
import dev.sdlora.api.NumberFormat;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
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

  /** Trains on the checkpoint of a pipeline, which also makes the sample pictures. */
  public LoraTrainerBuilder pipeline(Pipeline pipeline) {
    this.pipeline = Optional.of(Objects.requireNonNull(pipeline, "pipeline"));
    return this;
  }

  /** Trains on a checkpoint file or diffusers folder. */
  public LoraTrainerBuilder checkpoint(Path path) {
    this.checkpoint = Optional.of(Objects.requireNonNull(path, "path"));
    return this;
  }

  /**
   * Takes the pictures and captions of a folder; see {@link TrainingSet#ofFolder}.
   *
   * @throws TrainingException if it holds no pictures or a caption is missing
   */
  public LoraTrainerBuilder pictures(Path folder) {
    Objects.requireNonNull(folder, "folder");
    return trainingSet(TrainingSet.ofFolder(folder));
  }

  /** Sets the pictures and captions. */
  public LoraTrainerBuilder trainingSet(TrainingSet set) {
    this.set = Optional.of(Objects.requireNonNull(set, "set"));
    return this;
  }

  /** Sets the file to write, which ends in {@code .safetensors}; missing folders are made. */
  public LoraTrainerBuilder output(Path file) {
    Objects.requireNonNull(file, "file");
    Checks.require(
        file.toString().endsWith(Outputs.EXTENSION), "output", "end in .safetensors", file);
    this.output = Optional.of(Objects.requireNonNull(file, "file"));
    return this;
  }

  /** Sets the name inside the file, which prompts may use as well. Default: the file's stem. */
  public LoraTrainerBuilder name(String name) {
    Objects.requireNonNull(name, "name");
    Checks.require(!name.isBlank(), "name", "not be blank", "'" + name + "'");
    this.name = Optional.of(Objects.requireNonNull(name, "name"));
    return this;
  }

  /**
   * Puts a word in front of captions that lack it, and into the file. Default: none; captions are
   * left alone.
   */
  public LoraTrainerBuilder triggerWord(String word) {
    Objects.requireNonNull(word, "word");
    Checks.require(!word.isBlank(), "triggerWord", "not be blank", "'" + word + "'");
    this.trigger = word.strip();
    return this;
  }

  /** Sets the number of columns of each factor, from 1 to 1024. Default 8. */
  public LoraTrainerBuilder rank(int rank) {
    this.rank = Checks.inRange(1, 1024, rank, "rank");
    return this;
  }

  /** Sets the factor on the changes, which counts divided by the rank. Default: the rank. */
  public LoraTrainerBuilder alpha(double alpha) {
    this.alpha = OptionalDouble.of(Checks.positive(alpha, "alpha"));
    return this;
  }

  /** Sets which layers are trained. Default {@link TrainedModules#LINEAR}. */
  public LoraTrainerBuilder modules(TrainedModules modules) {
    this.modules = Objects.requireNonNull(modules, "modules");
    return this;
  }

  /** Trains the text encoder as well. Default false. */
  public LoraTrainerBuilder textEncoder(boolean train) {
    this.textEncoder = train;
    return this;
  }

  /** Sets the number of steps, from 1 to 10 million. Either this or {@link #epochs} is required. */
  public LoraTrainerBuilder steps(int steps) {
    this.steps = OptionalInt.of(Checks.inRange(1, Assembly.MOST_STEPS, steps, "steps"));
    this.epochs = OptionalInt.empty();
    return this;
  }

  /** Sets how many times each picture is seen, at least once; the last batch is filled up. */
  public LoraTrainerBuilder epochs(int epochs) {
    this.epochs = OptionalInt.of(Checks.atLeast(1, epochs, "epochs"));
    this.steps = OptionalInt.empty();
    return this;
  }

  /** Sets how many pictures a step looks at, at least 1. Default 1. */
  public LoraTrainerBuilder batchSize(int batchSize) {
    this.batchSize = Checks.atLeast(1, batchSize, "batchSize");
    return this;
  }

  /** Sets the size to which pictures are scaled and cut. Default: the checkpoint's. */
  public LoraTrainerBuilder size(ImageSize size) {
    this.size = Optional.of(Objects.requireNonNull(size, "size"));
    return this;
  }

  /** Sets the learning rate of the U-Net, above 0. Default 1e-4. */
  public LoraTrainerBuilder learningRate(double rate) {
    this.learningRate = Checks.positive(rate, "learningRate");
    return this;
  }

  /** Sets the learning rate of the text encoder, above 0. Default: half the U-Net's. */
  public LoraTrainerBuilder textEncoderLearningRate(double rate) {
    this.textEncoderLearningRate =
        OptionalDouble.of(Checks.positive(rate, "textEncoderLearningRate"));
    return this;
  }

  /** Sets over how many steps the learning rate rises from 0, fewer than all. Default 0. */
  public LoraTrainerBuilder warmup(int steps) {
    this.warmup = Checks.atLeast(0, steps, "warmup");
    return this;
  }

  /** Lets the learning rate fall to 0 along half a cosine. Default false: it stays level. */
  public LoraTrainerBuilder cosine(boolean cosine) {
    this.cosine = cosine;
    return this;
  }

  /** Sets what share of a number, times the learning rate, a step takes off. Default 0.01. */
  public LoraTrainerBuilder weightDecay(double decay) {
    Checks.require(
        decay >= 0 && Double.isFinite(decay), "weightDecay", "be at least 0 and finite", decay);
    this.weightDecay = decay;
    return this;
  }

  /** Sets the length to which longer gradients are cut, above 0. Default 1. */
  public LoraTrainerBuilder maxGradientNorm(double norm) {
    this.maxGradientNorm = Checks.positive(norm, "maxGradientNorm");
    return this;
  }

  /**
   * Weighs each sample by {@code min(snr, gamma) / snr} (Hang et al. 2023), gamma above 0, usually
   * 5. Default: all samples weigh the same.
   */
  public LoraTrainerBuilder minSnrGamma(double gamma) {
    this.minSnrGamma = OptionalDouble.of(Checks.positive(gamma, "minSnrGamma"));
    return this;
  }

  /** Sets a factor on noise that is the same all over a channel, from 0. Default 0. */
  public LoraTrainerBuilder noiseOffset(double offset) {
    Checks.require(
        offset >= 0 && Double.isFinite(offset), "noiseOffset", "be at least 0 and finite", offset);
    this.noiseOffset = offset;
    return this;
  }

  /** Sets the share of captions that are replaced by the empty one, 0 to 1. Default 0. */
  public LoraTrainerBuilder captionDropout(double share) {
    this.captionDropout = Checks.inRange(0.0, 1.0, share, "captionDropout");
    return this;
  }

  /** Sets which layer of the text encoder is read, 1 for the last. Default 1. */
  public LoraTrainerBuilder clipSkip(int clipSkip) {
    this.clipSkip = Checks.atLeast(1, clipSkip, "clipSkip");
    return this;
  }

  /** Sets what all random numbers follow from. Default 0. */
  public LoraTrainerBuilder seed(long seed) {
    this.seed = seed;
    return this;
  }

  /**
   * Writes {@code <stem>-step000100.safetensors} and the like, and the state of the training to
   * {@code <stem>.training-state.safetensors}, after each so many steps. Default: never.
   */
  public LoraTrainerBuilder saveEvery(int steps) {
    this.saveEvery = Checks.atLeast(1, steps, "saveEvery");
    return this;
  }

  /** Goes on from the state file if there is one. Default false. */
  public LoraTrainerBuilder resume(boolean resume) {
    this.resume = resume;
    return this;
  }

  /**
   * Makes pictures with the LoRA as it stands, {@code <stem>-step000100-1.png} and so on, after
   * each so many steps. Needs a {@link #pipeline}. Default: none.
   */
  public LoraTrainerBuilder samples(List<PromptSpec> specs, int everySteps) {
    Objects.requireNonNull(specs, "specs");
    Checks.require(!specs.isEmpty(), "samples", "not be empty", specs);
    this.samples = List.copyOf(specs);
    this.sampleEvery = Checks.atLeast(1, everySteps, "everySteps of samples");
    return this;
  }

  /**
   * Draws the losses into a PNG at each save and at the end; missing folders are made. Default:
   * none.
   */
  public LoraTrainerBuilder lossPlot(Path png) {
    Objects.requireNonNull(png, "png");
    Checks.require(png.toString().endsWith(".png"), "lossPlot", "end in .png", png);
    this.lossPlot = Optional.of(Objects.requireNonNull(png, "png"));
    return this;
  }

  /** Sets the number format of the file: FLOAT16, the default, or FLOAT32. */
  public LoraTrainerBuilder fileFormat(NumberFormat format) {
    Objects.requireNonNull(format, "format");
    Checks.require(format != NumberFormat.BFLOAT16, "fileFormat", "be FLOAT16 or FLOAT32", format);
    this.format = format;
    return this;
  }

  /** Sets the listener. Default: none. */
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
   * @throws IllegalStateException if a required setting is missing
   * @throws IllegalArgumentException if settings do not go together
   * @throws TrainingException if the checkpoint has no layers to train
   * @throws dev.sdlora.api.CheckpointException if it does not hold what it should
   */
  public LoraTrainer build() {
    return new LoraTrainer(new Assembly(this).settings());
  }
}
