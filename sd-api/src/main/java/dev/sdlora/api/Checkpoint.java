package dev.sdlora.api;

import dev.sdlora.api.service.Services;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A Stable Diffusion model on disk: a single {@code .safetensors} file as people download it, or a
 * folder in the diffusers layout. Opening reads and checks names and shapes only; the weights are
 * read when a {@link Pipeline} is built on it. Immutable; it holds no open file.
 *
 * @param path the file or folder
 * @param family which generation of Stable Diffusion it is
 * @param layout how the file names its tensors
 * @param storage the number format of most weights in the file, such as {@code float16}
 * @param tensors how many tensors the networks use
 * @param parameters how many numbers those tensors hold
 * @param defaultSize the picture size that the model was made for
 */
public record Checkpoint(
    Path path,
    ModelFamily family,
    Layout layout,
    String storage,
    int tensors,
    long parameters,
    ImageSize defaultSize) {
  /** Refuses null. */
  public Checkpoint {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(family, "family");
    Objects.requireNonNull(layout, "layout");
    Objects.requireNonNull(storage, "storage");
    Objects.requireNonNull(defaultSize, "defaultSize");
  }

  /** How a checkpoint lies on disk. */
  public enum Layout {
    /** One file with the names of the original CompVis code. */
    SINGLE_FILE,
    /** A folder with one sub-folder for each network. */
    DIFFUSERS_FOLDER
  }

  /**
   * Opens a checkpoint file or a diffusers folder.
   *
   * @throws CheckpointException if it is missing, is not a model (a LoRA, say), is of a family that
   *     this version cannot run, or if a tensor is missing or has the wrong shape; the message
   *     names the tensor
   * @throws TensorFileException if a file is damaged or is not a tensor file at all
   */
  public static Checkpoint open(Path path) {
    Objects.requireNonNull(path, "path");
    return Services.find(Backend.Files.class).openCheckpoint(path);
  }

  /** The file or folder name without its extension, as A1111 writes it into pictures. */
  public String name() {
    return FileNames.stem(path);
  }
}
