package dev.sdlora.api;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.model.CheckpointDistance;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.model.PredictionType;
import dev.sdlora.api.spi.Backend;
import dev.sdlora.api.spi.CheckpointBuilder;
import dev.sdlora.api.spi.Services;
import dev.sdlora.api.value.FileNames;
import dev.sdlora.api.value.FileReference;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A Stable Diffusion model on disk: a single {@code .safetensors} file as people download it, or a
 * folder in the diffusers layout. Opening reads and checks names and shapes only; the weights are
 * read when a {@link Pipeline} is built on it. Immutable; it holds no open file.
 */
public final class Checkpoint {
  private final Path path;
  private final ModelFamily family;
  private final Layout layout;
  private final String storage;
  private final int tensors;
  private final long parameters;
  private final ImageSize defaultSize;
  private final PromptSpec defaults;
  private final CheckpointParts parts;
  private final Optional<Path> vae;
  private final PredictionType predictionType;
  private final Task task;
  private final List<String> signs;
  private final List<String> words;

  /**
   * For implementations. Callers of the library use {@link #open(Path)}.
   *
   * @param values the values
   */
  @SuppressWarnings("exports") // The builder is for implementations too.
  public Checkpoint(CheckpointBuilder values) {
    Objects.requireNonNull(values, "values");
    path = values.path();
    family = values.family();
    layout = values.layout();
    storage = values.storage();
    tensors = values.tensors();
    parameters = values.parameters();
    defaultSize = values.defaultSize();
    defaults = values.defaults();
    parts = values.parts();
    vae = values.vae();
    predictionType = values.predictionType();
    task = values.task();
    signs = values.signs();
    words = values.words();
  }

  /** {@return the file or folder} */
  public Path path() {
    return path;
  }

  /** {@return which generation of Stable Diffusion it is} */
  public ModelFamily family() {
    return family;
  }

  /** {@return how the file names its tensors} */
  public Layout layout() {
    return layout;
  }

  /** {@return the number format of most weights in the file, such as {@code float16}} */
  public String storage() {
    return storage;
  }

  /** {@return how many tensors the networks use} */
  public int tensors() {
    return tensors;
  }

  /** {@return how many numbers those tensors hold} */
  public long parameterCount() {
    return parameters;
  }

  /**
   * {@return the image size that the model was made for} The metadata key {@code
   * modelspec.resolution} names it; without that key it is the usual size of the family.
   */
  public ImageSize defaultSize() {
    return defaultSize;
  }

  /**
   * {@return a request with an empty prompt and the settings that suit this model} They are the
   * defaults of {@link PromptSpec}, except where the file's metadata recommends others: {@code
   * sdlora.cfg_scale}, {@code sdlora.steps}, {@code sdlora.sampler} and {@code sdlora.schedule}
   * (A1111's names), and {@code modelspec.encoder_layer} (clip skip, SD 1.x only). Values that
   * cannot be read are ignored. {@code defaults().toBuilder()} starts a request from them; {@link
   * Pipeline#generate(String)} and the command line, the server and the Spring starter do so.
   */
  public PromptSpec defaults() {
    return defaults;
  }

  /** {@return which files and tensors it is put together from} */
  public CheckpointParts parts() {
    return parts;
  }

  /** {@return the file or folder whose VAE takes the place of the checkpoint's own, if one does} */
  public Optional<Path> vae() {
    return vae;
  }

  /** {@return what its U-Net predicts} */
  public PredictionType predictionType() {
    return predictionType;
  }

  /** {@return what it was trained for} */
  public Task task() {
    return task;
  }

  /**
   * {@return what told the family and what the U-Net predicts} Sentences for people, such as {@code
   * v-prediction: tensor 'v_pred'}; unmodifiable.
   */
  public List<String> signs() {
    return signs;
  }

  /**
   * {@return the words that it was taught, as the file's metadata tells them under {@code
   * sdlora.words}} Entries of a word or a few, such as {@code soccer ball}, in lower case and the
   * order of the file. Empty for nearly all models, which do not tell; of those that do, results
   * warn of words of prompts that they were not taught. Unmodifiable.
   */
  public List<String> words() {
    return words;
  }

  /** What a model was trained for; it shows in what its U-Net reads beside the noisy latent. */
  public enum Task {
    /** Images from text; its U-Net reads the latent alone. */
    TEXT_TO_IMAGE,
    /** Masked places of images; its U-Net reads a mask and the latent of the rest too. */
    INPAINTING,
    /**
     * Changes that a text asks for (Brooks et al. 2023, "InstructPix2Pix"); its U-Net reads the
     * latent of the image too.
     */
    EDITING
  }

  /** How a checkpoint lies on disk. */
  public enum Layout {
    /** One file with the names of the original CompVis code. */
    SINGLE_FILE,
    /** A folder with one sub-folder for each network. */
    DIFFUSERS_FOLDER
  }

  /**
   * Opens a checkpoint with {@link CheckpointParts#DEFAULT}.
   *
   * @param path a single file or a diffusers folder
   * @return the checkpoint, of which names and shapes are read and checked
   * @throws CheckpointException if it is missing, is not a model (a LoRA, say), is of a family that
   *     this version cannot run, or if a tensor is missing or has the wrong shape; the message
   *     names the tensor
   * @throws TensorFileException if a file is damaged or is not a tensor file at all
   */
  public static Checkpoint open(Path path) {
    return open(path, CheckpointParts.DEFAULT);
  }

  /**
   * Opens a checkpoint that is named as people write it. What is published elsewhere is gotten
   * first, unless it is here already, which needs the artifact {@code dev.sdlora:sd-models}; its
   * {@code ModelStore} says what may be written, and its settings are those of the environment.
   *
   * @param pathOrReference a path, or such as {@code hf:owner/repo}, {@code
   *     hf:owner/repo/file.safetensors} or {@code civitai:128713}
   * @return the checkpoint, of which names and shapes are read and checked
   * @throws IllegalStateException if it is a reference and sd-models is missing
   * @throws IllegalArgumentException if it is neither a path nor a reference
   * @throws CheckpointException as {@link #open(Path)}
   * @throws StableDiffusionException if the file cannot be had
   */
  public static Checkpoint open(String pathOrReference) {
    Objects.requireNonNull(pathOrReference, "pathOrReference");
    return open(FileReference.path(pathOrReference));
  }

  /**
   * Opens a checkpoint with a choice of its files and tensors.
   *
   * @param path a single file or a diffusers folder
   * @param parts the choice; a pipeline that is built on the checkpoint makes the same
   * @return the checkpoint, of which names and shapes are read and checked
   * @throws CheckpointException as {@link #open(Path)}, or if a part is something else or does not
   *     fit
   * @throws TensorFileException if a file is damaged or is not a tensor file at all
   */
  public static Checkpoint open(Path path, CheckpointParts parts) {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(parts, "parts");
    return Services.find(Backend.Files.class).openCheckpoint(path, parts);
  }

  /**
   * Measures how far another checkpoint is from this one, block by block. Weights are compared by
   * the names that they have inside this library, so that layouts and number formats may differ.
   * Reads both, one layer after another, so it needs little memory and no {@link Pipeline}; some
   * seconds for models of full size. Computes on the processor; an interrupt of the thread ends it.
   *
   * @param other the other checkpoint, of the same family
   * @return the distances; from a checkpoint to itself they are 0
   * @throws CheckpointException if it is of another family, has no weight of the same shape, or one
   *     of them cannot be read any more
   * @throws GenerationCancelledException if the thread was interrupted
   * @throws TensorFileException if a file is damaged
   */
  public CheckpointDistance distanceTo(Checkpoint other) {
    Objects.requireNonNull(other, "other");
    return Services.find(Backend.Files.class).distance(this, other);
  }

  /** {@return the file or folder name without its extension, as A1111 writes it into images} */
  public String name() {
    return FileNames.stem(path);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Checkpoint that && state().equals(that.state());
  }

  @Override
  public int hashCode() {
    return state().hashCode();
  }

  private List<Object> state() {
    return List.of(told(), words);
  }

  /** Without the words, which may be thousands. */
  private List<Object> told() {
    return List.of(
        path,
        family,
        layout,
        storage,
        tensors,
        parameters,
        defaultSize,
        defaults,
        predictionType,
        task,
        signs,
        parts,
        vae);
  }

  @Override
  public String toString() {
    return "Checkpoint" + told();
  }
}
