package dev.sdlora.api.spi;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.model.PredictionType;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Collects the values of a {@link Checkpoint}. Not thread-safe. */
public final class CheckpointBuilder {
  private final Path path;
  private final ModelFamily family;
  private boolean folder;
  private String storage = "float32";
  private int tensors;
  private long parameters;
  private long weightBytes;
  private ImageSize defaultSize = new ImageSize(512, 512);
  private boolean sizeKnown = true;
  private PromptSpec defaults = PromptSpec.builder().build();
  private CheckpointParts parts = CheckpointParts.DEFAULT;
  private Optional<Path> vae = Optional.empty();
  private PredictionType predictionType = PredictionType.EPSILON;
  private Checkpoint.Task task = Checkpoint.Task.TEXT_TO_IMAGE;
  private List<String> signs = List.of();
  private List<String> words = List.of();
  private boolean hiresFix = true;
  private Optional<String> usageHint = Optional.empty();

  /**
   * Creates a builder with the required values; the setters document the defaults of the others.
   *
   * @param path the file or folder, which is not read
   * @param family the model's family
   */
  public CheckpointBuilder(Path path, ModelFamily family) {
    this.path = Objects.requireNonNull(path, "path");
    this.family = Objects.requireNonNull(family, "family");
  }

  /**
   * Creates a builder with the values of a checkpoint.
   *
   * @param values the checkpoint to copy
   */
  public CheckpointBuilder(Checkpoint values) {
    path = values.path();
    family = values.family();
    folder = values.isFolder();
    storage = values.storage();
    tensors = values.tensors();
    parameters = values.parameterCount();
    weightBytes = values.weightBytes();
    defaultSize = values.defaultSize();
    sizeKnown = values.isSizeKnown();
    defaults = values.defaults();
    parts = values.parts();
    vae = values.vae();
    predictionType = values.predictionType();
    task = values.task();
    signs = values.signs();
    words = values.words();
    hiresFix = values.suitsHiresFix();
    usageHint = values.usageHint();
  }

  /**
   * Sets whether the checkpoint is a folder in the diffusers layout.
   *
   * @param folder default {@code false}, for a single file
   * @return this builder
   */
  public CheckpointBuilder folder(boolean folder) {
    this.folder = folder;
    return this;
  }

  /**
   * Sets the dtype of most weights in the file.
   *
   * @param storage its name, such as {@code float16}. Default {@code float32}
   * @return this builder
   */
  public CheckpointBuilder storage(String storage) {
    Objects.requireNonNull(storage, "storage");
    this.storage = storage;
    return this;
  }

  /**
   * Sets the memory that the weights take.
   *
   * @param weightBytes bytes. Default 0
   * @return this builder
   */
  public CheckpointBuilder weightBytes(long weightBytes) {
    this.weightBytes = weightBytes;
    return this;
  }

  /**
   * Sets the number of tensors that the networks use.
   *
   * @param tensors the number of tensors. Default 0
   * @return this builder
   */
  public CheckpointBuilder tensors(int tensors) {
    this.tensors = tensors;
    return this;
  }

  /**
   * Sets the total number of elements of those tensors.
   *
   * @param parameters the number of elements. Default 0
   * @return this builder
   */
  public CheckpointBuilder parameters(long parameters) {
    this.parameters = parameters;
    return this;
  }

  /**
   * Sets the image size that the model was made for.
   *
   * @param defaultSize default 512x512
   * @return this builder
   */
  public CheckpointBuilder defaultSize(ImageSize defaultSize) {
    Objects.requireNonNull(defaultSize, "defaultSize");
    this.defaultSize = defaultSize;
    this.sizeKnown = true;
    return this;
  }

  /**
   * Sets a guess of the image size that the model was made for.
   *
   * @param size the size of images unless a request sets another
   * @return this builder
   */
  public CheckpointBuilder guessedSize(ImageSize size) {
    defaultSize(size);
    this.sizeKnown = false;
    return this;
  }

  /**
   * Sets the recommended settings for the model; see {@link Checkpoint#defaults()}.
   *
   * @param defaults a request with an empty prompt. Default: the defaults of {@link PromptSpec}
   * @return this builder
   */
  public CheckpointBuilder defaults(PromptSpec defaults) {
    this.defaults = Objects.requireNonNull(defaults, "defaults");
    return this;
  }

  /**
   * Sets the choice of files and tensors that the model was opened with.
   *
   * @param parts default {@link CheckpointParts#DEFAULT}
   * @return this builder
   */
  public CheckpointBuilder parts(CheckpointParts parts) {
    Objects.requireNonNull(parts, "parts");
    this.parts = parts;
    return this;
  }

  /**
   * Sets the file or folder whose VAE replaces the model's own.
   *
   * @param vae a file or folder. Default: none, the model's own VAE is used
   * @return this builder
   */
  public CheckpointBuilder vae(Path vae) {
    this.vae = Optional.of(Objects.requireNonNull(vae, "vae"));
    return this;
  }

  /**
   * Sets the prediction type of the U-Net.
   *
   * @param predictionType default {@link PredictionType#EPSILON}
   * @return this builder
   */
  public CheckpointBuilder predictionType(PredictionType predictionType) {
    Objects.requireNonNull(predictionType, "predictionType");
    this.predictionType = predictionType;
    return this;
  }

  /**
   * Sets the task that the model was trained for.
   *
   * @param task default {@link Checkpoint.Task#TEXT_TO_IMAGE}
   * @return this builder
   */
  public CheckpointBuilder task(Checkpoint.Task task) {
    Objects.requireNonNull(task, "task");
    this.task = task;
    return this;
  }

  /**
   * Sets the evidence for the family and the prediction type.
   *
   * @param signs readable sentences. Default none
   * @return this builder
   */
  public CheckpointBuilder signs(List<String> signs) {
    Objects.requireNonNull(signs, "signs");
    this.signs = List.copyOf(signs);
    return this;
  }

  /**
   * Sets the words that the model was trained on.
   *
   * @param words entries of one or a few words, in lower case. Default none: the words are unknown
   * @return this builder
   */
  public CheckpointBuilder words(List<String> words) {
    Objects.requireNonNull(words, "words");
    this.words = List.copyOf(words);
    return this;
  }

  /**
   * Sets whether hires fix works with the model; see {@link Checkpoint#suitsHiresFix()}.
   *
   * @param suits default {@code true}
   * @return this builder
   */
  public CheckpointBuilder hiresFix(boolean suits) {
    hiresFix = suits;
    return this;
  }

  /**
   * Sets the advice of the model's authors; see {@link Checkpoint#usageHint()}.
   *
   * @param hint one line. Default none
   * @return this builder
   */
  public CheckpointBuilder usageHint(String hint) {
    usageHint = Optional.of(hint);
    return this;
  }

  /** {@return the checkpoint} The builder can be reused. */
  public Checkpoint build() {
    return new Checkpoint(this);
  }

  /** {@return the value for {@link Checkpoint#path}} */
  public Path path() {
    return path;
  }

  /** {@return the value for {@link Checkpoint#family}} */
  public ModelFamily family() {
    return family;
  }

  /** {@return the value for {@link Checkpoint#isFolder}} */
  public boolean isFolder() {
    return folder;
  }

  /** {@return the value for {@link Checkpoint#storage}} */
  public String storage() {
    return storage;
  }

  /** {@return the value for {@link Checkpoint#tensors}} */
  public int tensors() {
    return tensors;
  }

  /** {@return the value for {@link Checkpoint#weightBytes}} */
  public long weightBytes() {
    return weightBytes;
  }

  /** {@return the value for {@link Checkpoint#parameterCount}} */
  public long parameters() {
    return parameters;
  }

  /** {@return the value for {@link Checkpoint#defaultSize}} */
  public ImageSize defaultSize() {
    return defaultSize;
  }

  /** {@return the value for {@link Checkpoint#isSizeKnown}} */
  public boolean isSizeKnown() {
    return sizeKnown;
  }

  /** {@return the value for {@link Checkpoint#defaults}} */
  public PromptSpec defaults() {
    return defaults;
  }

  /** {@return the value for {@link Checkpoint#parts}} */
  public CheckpointParts parts() {
    return parts;
  }

  /** {@return the value for {@link Checkpoint#vae}} */
  public Optional<Path> vae() {
    return vae;
  }

  /** {@return the value for {@link Checkpoint#predictionType}} */
  public PredictionType predictionType() {
    return predictionType;
  }

  /** {@return the value for {@link Checkpoint#task}} */
  public Checkpoint.Task task() {
    return task;
  }

  /** {@return the value for {@link Checkpoint#signs}} */
  public List<String> signs() {
    return signs;
  }

  /** {@return the value for {@link Checkpoint#suitsHiresFix}} */
  public boolean suitsHiresFix() {
    return hiresFix;
  }

  /** {@return the value for {@link Checkpoint#usageHint}} */
  public Optional<String> usageHint() {
    return usageHint;
  }

  /** {@return the value for {@link Checkpoint#words}} */
  public List<String> words() {
    return words;
  }
}
