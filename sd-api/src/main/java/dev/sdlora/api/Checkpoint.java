package dev.sdlora.api;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.model.CheckpointDistance;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.model.PredictionType;
import dev.sdlora.api.model.WeightFormat;
import dev.sdlora.api.service.FileReference;
import dev.sdlora.api.service.Services;
import dev.sdlora.api.spi.Backend;
import dev.sdlora.api.spi.CheckpointBuilder;
import dev.sdlora.api.value.FileNames;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A Stable Diffusion model on disk: a single {@code .safetensors} file as published on model sites,
 * or a folder in the diffusers layout. Opening it reads and checks only names and shapes; the
 * weights are read when a {@link Pipeline} is built with it. Immutable; it holds no open file.
 */
public final class Checkpoint {
  private final Path path;
  private final ModelFamily family;
  private final boolean folder;
  private final String storage;
  private final int tensors;
  private final long parameters;
  private final long weightBytes;
  private final ImageSize defaultSize;
  private final boolean sizeKnown;
  private final PromptSpec defaults;
  private final CheckpointParts parts;
  private final Optional<Path> vae;
  private final PredictionType predictionType;
  private final Task task;
  private final List<String> signs;
  private final List<String> words;
  private final boolean hiresFix;
  private final Optional<String> usageHint;

  /**
   * Creates a checkpoint from its values. For implementations; callers use {@link #open(Path)}.
   *
   * @param values the values
   */
  @SuppressWarnings("exports") // CheckpointBuilder is for implementations, too.
  public Checkpoint(CheckpointBuilder values) {
    Objects.requireNonNull(values, "values");
    path = values.path();
    family = values.family();
    folder = values.isFolder();
    storage = values.storage();
    tensors = values.tensors();
    parameters = values.parameters();
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

  /** {@return the file or folder} */
  public Path path() {
    return path;
  }

  /** {@return the generation of Stable Diffusion that it belongs to} */
  public ModelFamily family() {
    return family;
  }

  /**
   * {@return whether the checkpoint is a folder in the diffusers layout, with one subfolder for
   * each network} Otherwise it is a single file with the tensor names of the original code.
   */
  public boolean isFolder() {
    return folder;
  }

  /**
   * {@return the format of most weights in the files: a dtype such as {@code float16}, or a
   * quantised format such as {@code nf4}, {@code float8_e4m3 scaled} or GGUF's {@code Q4_K}}
   */
  public String storage() {
    return storage;
  }

  /** {@return the number of tensors that the networks use} */
  public int tensors() {
    return tensors;
  }

  /** {@return the total number of elements of those tensors} */
  public long parameterCount() {
    return parameters;
  }

  /**
   * {@return about how many bytes the weights of all networks take in memory with {@link
   * WeightFormat#AS_STORED}: quantised ones as the files store them, others in bfloat16}
   */
  public long weightBytes() {
    return weightBytes;
  }

  /**
   * {@return the image size that the model was made for} It is read from the metadata key {@code
   * modelspec.resolution}; without it, it is the usual size of the family.
   */
  public ImageSize defaultSize() {
    return defaultSize;
  }

  /**
   * {@return whether {@link #defaultSize()} is the size of the training: that of the metadata, or
   * the usual one of full-size models of the family} For smaller models without metadata it is a
   * guess, and no warning compares the size of an image with it.
   */
  public boolean isSizeKnown() {
    return sizeKnown;
  }

  /**
   * {@return a request with an empty prompt and the recommended settings for this model} For FLUX.2
   * klein and Z-Image they are those of the model's authors, distilled or not. Else they are the
   * defaults of {@link PromptSpec}, except where the file's metadata recommends other values:
   * {@code sdlora.cfg_scale}, {@code sdlora.steps}, {@code sdlora.sampler} and {@code
   * sdlora.schedule} (A1111's names), and {@code modelspec.encoder_layer} (clip skip, SD 1.x only).
   * Invalid values are ignored. {@code defaults().toBuilder()} starts a request from them; {@link
   * Pipeline#generate(String)}, the command line, the server and the Spring starter do so.
   */
  public PromptSpec defaults() {
    return defaults;
  }

  /**
   * Estimates how long an image takes on this machine's processor, with {@link #defaults()} at
   * {@link #defaultSize()} in the precision that {@link Precision#AUTO} selects. The operations of
   * the networks are counted from their dimensions, and divided by the rate of a product of
   * matrices. The rate is measured once per process, in about half a second; other work on the
   * machine at that time makes the estimate too long. Weights are not read. LoRAs, ControlNets and
   * other extras are not counted.
   *
   * @return the estimate
   * @throws CheckpointException if the files have changed and are no longer a model
   * @throws StableDiffusionException if the native libraries cannot be loaded
   */
  public TimeEstimate estimateTime() {
    return Services.find(Backend.Pipelines.class).estimateTime(this);
  }

  /** {@return the choice of files and tensors that it was opened with} */
  public CheckpointParts parts() {
    return parts;
  }

  /** {@return the file or folder whose VAE replaces the checkpoint's own; empty if none does} */
  public Optional<Path> vae() {
    return vae;
  }

  /** {@return the prediction type of its U-Net} */
  public PredictionType predictionType() {
    return predictionType;
  }

  /** {@return the task that it was trained for} */
  public Task task() {
    return task;
  }

  /**
   * {@return the evidence for the family and the prediction type} Readable sentences, such as
   * {@code v-prediction: tensor 'v_pred'}; unmodifiable.
   */
  public List<String> signs() {
    return signs;
  }

  /**
   * {@return the words that the model was trained on, from the metadata key {@code sdlora.words}}
   * Each entry is one or a few words, such as {@code soccer ball}, in lower case and in the order
   * of the file. Empty for nearly all models, because their files do not list them. If the list is
   * not empty, results contain a warning about words of the prompt that are not in it.
   * Unmodifiable.
   */
  public List<String> words() {
    return words;
  }

  /**
   * {@return whether hires fix works with this model} {@code false} only if the file's metadata
   * says {@code sdlora.hires_fix}: {@code no}: small models trained at one size repeat the subject
   * in larger passes, even if these start from an image. Requests that use hires fix with such a
   * model, or that start from a larger image, get a warning.
   */
  public boolean suitsHiresFix() {
    return hiresFix;
  }

  /**
   * {@return what the model's authors advise its users, from the metadata key {@code
   * modelspec.usage_hint}} One line of at most 500 characters for people, as unverified as all
   * metadata; the studio and {@code sd info} show it. Empty for most models.
   */
  public Optional<String> usageHint() {
    return usageHint;
  }

  /** Tasks that models are trained for; they differ in the inputs of the U-Net. */
  public enum Task {
    /** Generating images from text; the U-Net's input is the latent alone. */
    TEXT_TO_IMAGE,
    /**
     * Filling masked areas of images; the U-Net's input also includes the mask and the latent of
     * the unmasked rest.
     */
    INPAINTING,
    /**
     * Editing images by text instructions (Brooks et al. 2023, "InstructPix2Pix"); the U-Net's
     * input also includes the latent of the image.
     */
    EDITING,
    /**
     * Generating images that follow the edges or depths of a reference image, as FLUX.1 Canny and
     * Depth do; the denoiser's input also includes the latent of that image.
     */
    CONTROL
  }

  /**
   * Opens a checkpoint with {@link CheckpointParts#DEFAULT}.
   *
   * @param path a single file or a diffusers folder
   * @return the checkpoint, with names and shapes read and checked
   * @throws CheckpointException if the file is missing, is not a model (for example, a LoRA), is of
   *     a family that this version does not support, or if a tensor is missing or has the wrong
   *     shape; the message names the tensor
   * @throws TensorFileException if a file is damaged or is not a tensor file
   */
  public static Checkpoint open(Path path) {
    return open(path, CheckpointParts.DEFAULT);
  }

  /**
   * Opens a checkpoint by path or by reference to a model site. A referenced file is downloaded
   * first unless it is already present, which requires the artifact {@code dev.sdlora:sd-models}.
   * Its {@code ModelStore} documents the references; its settings are read from the environment.
   *
   * @param pathOrReference a path, or a reference such as {@code hf:owner/repo}, {@code
   *     hf:owner/repo/file.safetensors} or {@code civitai:128713}
   * @return the checkpoint, with names and shapes read and checked
   * @throws IllegalStateException if it is a reference and sd-models is missing
   * @throws IllegalArgumentException if it is neither a path nor a reference
   * @throws CheckpointException as {@link #open(Path)}
   * @throws StableDiffusionException if the file cannot be downloaded
   */
  public static Checkpoint open(String pathOrReference) {
    return open(pathOrReference, CheckpointParts.DEFAULT);
  }

  /**
   * Opens a checkpoint, as {@link #open(String)} does, with a choice of its files and tensors.
   *
   * @param pathOrReference a path, or a reference to a model site
   * @param parts the choice, which also applies to pipelines built with the checkpoint
   * @return the checkpoint, with names and shapes read and checked
   * @throws IllegalStateException as {@link #open(String)}
   * @throws IllegalArgumentException as {@link #open(String)}
   * @throws CheckpointException as {@link #open(Path, CheckpointParts)}
   * @throws StableDiffusionException if the file cannot be downloaded
   */
  public static Checkpoint open(String pathOrReference, CheckpointParts parts) {
    Objects.requireNonNull(pathOrReference, "pathOrReference");
    Objects.requireNonNull(parts, "parts");
    return open(FileReference.path(pathOrReference), parts);
  }

  /**
   * Opens a checkpoint with a choice of its files and tensors:
   *
   * <pre>{@code
   * Checkpoint.open(path, CheckpointParts.builder().vae(vae).build())
   * }</pre>
   *
   * @param path a single file or a diffusers folder
   * @param parts the choice, which also applies to pipelines built with the checkpoint
   * @return the checkpoint, with names and shapes read and checked
   * @throws CheckpointException as {@link #open(Path)}, or if a part is of another kind or does not
   *     fit
   * @throws TensorFileException if a file is damaged or is not a tensor file
   */
  public static Checkpoint open(Path path, CheckpointParts parts) {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(parts, "parts");
    return Services.find(Backend.Files.class).openCheckpoint(path, parts);
  }

  /**
   * Measures the distance to another checkpoint, block by block. Weights are compared by the names
   * that they have inside this library, so layouts and dtypes may differ. Both files are read layer
   * by layer, so this needs little memory and no {@link Pipeline}; it takes some seconds for
   * full-size models. Computes on the CPU; interrupting the thread cancels it.
   *
   * @param other the other checkpoint, of the same family
   * @return the distances, all 0 if both checkpoints are the same
   * @throws CheckpointException if the other one is of another family or has no weight of the same
   *     shape, or one of them can no longer be read
   * @throws GenerationCancelledException if the thread was interrupted
   * @throws TensorFileException if a file is damaged
   */
  public CheckpointDistance distanceTo(Checkpoint other) {
    Objects.requireNonNull(other, "other");
    return Services.find(Backend.Files.class).distance(this, other);
  }

  /**
   * {@return the SHA-256 of a single file, 64 hexadecimal digits in lower case; empty for a folder}
   * Its first 10 digits are A1111's hash of the model. Reads the whole file unless its hash is
   * {@linkplain #knownSha256() known}, which takes seconds for full-size models; interrupting the
   * thread cancels it.
   *
   * @throws GenerationCancelledException if the thread was interrupted
   * @throws TensorFileException if the file cannot be read
   */
  public Optional<String> sha256() {
    return folder ? Optional.empty() : Optional.of(Services.find(Backend.Files.class).sha256(path));
  }

  /**
   * {@return {@link #sha256()} if this or another process has computed it since the file last
   * changed} Large files are remembered in {@code ~/.cache/sd-lora}. Never reads the file.
   */
  public Optional<String> knownSha256() {
    return folder ? Optional.empty() : Services.find(Backend.Files.class).knownSha256(path);
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
    return List.of(values(), words);
  }

  /** Omits the words, which can number thousands. */
  private List<Object> values() {
    return List.of(
        path,
        family,
        folder,
        storage,
        tensors,
        parameters,
        weightBytes,
        defaultSize,
        sizeKnown,
        defaults,
        predictionType,
        task,
        signs,
        parts,
        vae,
        hiresFix,
        usageHint);
  }

  @Override
  public String toString() {
    return "Checkpoint" + values();
  }
}
