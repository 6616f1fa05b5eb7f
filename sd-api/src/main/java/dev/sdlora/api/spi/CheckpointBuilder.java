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

/** Collects the values of a {@link Checkpoint}. Not safe for use by several threads. */
public final class CheckpointBuilder {
  private final Path path;
  private final ModelFamily family;
  private Checkpoint.Layout layout = Checkpoint.Layout.SINGLE_FILE;
  private String storage = "float32";
  private int tensors;
  private long parameters;
  private ImageSize defaultSize = new ImageSize(512, 512);
  private PromptSpec defaults = PromptSpec.builder().build();
  private CheckpointParts parts = CheckpointParts.DEFAULT;
  private Optional<Path> vae = Optional.empty();
  private PredictionType predictionType = PredictionType.EPSILON;
  private Checkpoint.Task task = Checkpoint.Task.TEXT_TO_IMAGE;
  private List<String> signs = List.of();
  private List<String> words = List.of();

  /**
   * Starts with the required values; the setters document the defaults of the others.
   *
   * @param path the file or folder, which is not read
   * @param family the model's family
   */
  public CheckpointBuilder(Path path, ModelFamily family) {
    this.path = Objects.requireNonNull(path, "path");
    this.family = Objects.requireNonNull(family, "family");
  }

  /**
   * Starts from a checkpoint.
   *
   * @param values the checkpoint to copy
   */
  public CheckpointBuilder(Checkpoint values) {
    path = values.path();
    family = values.family();
    layout = values.layout();
    storage = values.storage();
    tensors = values.tensors();
    parameters = values.parameterCount();
    defaultSize = values.defaultSize();
    defaults = values.defaults();
    parts = values.parts();
    vae = values.vae();
    predictionType = values.predictionType();
    task = values.task();
    signs = values.signs();
    words = values.words();
  }

  /**
   * Sets how the file names its tensors.
   *
   * @param layout default {@link Checkpoint.Layout#SINGLE_FILE}
   * @return this builder
   */
  public CheckpointBuilder layout(Checkpoint.Layout layout) {
    Objects.requireNonNull(layout, "layout");
    this.layout = layout;
    return this;
  }

  /**
   * Sets the number format of most weights in the file.
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
   * Sets how many tensors the networks use.
   *
   * @param tensors their number. Default 0
   * @return this builder
   */
  public CheckpointBuilder tensors(int tensors) {
    this.tensors = tensors;
    return this;
  }

  /**
   * Sets how many numbers those tensors hold.
   *
   * @param parameters their number. Default 0
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
    return this;
  }

  /**
   * Sets the settings that suit the model; see {@link Checkpoint#defaults()}.
   *
   * @param defaults a request with an empty prompt. Default: the defaults of {@link PromptSpec}
   * @return this builder
   */
  public CheckpointBuilder defaults(PromptSpec defaults) {
    this.defaults = Objects.requireNonNull(defaults, "defaults");
    return this;
  }

  /**
   * Sets what it is put together from.
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
   * Sets whose VAE takes the place of its own. Default: its own stays.
   *
   * @param vae a file or folder
   * @return this builder
   */
  public CheckpointBuilder vae(Path vae) {
    this.vae = Optional.of(Objects.requireNonNull(vae, "vae"));
    return this;
  }

  /**
   * Sets what its U-Net predicts.
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
   * Sets what it was trained for.
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
   * Sets what told the family and the prediction.
   *
   * @param signs sentences for people. Default none
   * @return this builder
   */
  public CheckpointBuilder signs(List<String> signs) {
    Objects.requireNonNull(signs, "signs");
    this.signs = List.copyOf(signs);
    return this;
  }

  /**
   * Sets the words that it was taught.
   *
   * @param words each a word or a few, in lower case. Default none: it does not tell
   * @return this builder
   */
  public CheckpointBuilder words(List<String> words) {
    Objects.requireNonNull(words, "words");
    this.words = List.copyOf(words);
    return this;
  }

  /** {@return the checkpoint} The builder can be used further. */
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

  /** {@return the value for {@link Checkpoint#layout}} */
  public Checkpoint.Layout layout() {
    return layout;
  }

  /** {@return the value for {@link Checkpoint#storage}} */
  public String storage() {
    return storage;
  }

  /** {@return the value for {@link Checkpoint#tensors}} */
  public int tensors() {
    return tensors;
  }

  /** {@return the value for {@link Checkpoint#parameterCount}} */
  public long parameters() {
    return parameters;
  }

  /** {@return the value for {@link Checkpoint#defaultSize}} */
  public ImageSize defaultSize() {
    return defaultSize;
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

  /** {@return the value for {@link Checkpoint#words}} */
  public List<String> words() {
    return words;
  }
}
