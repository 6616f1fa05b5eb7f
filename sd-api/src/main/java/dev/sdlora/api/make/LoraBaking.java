package dev.sdlora.api.make;

import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.make.spi.MakingBackend;
import dev.sdlora.api.service.Services;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Writes a checkpoint with LoRAs permanently merged into its weights. Every changed weight is the
 * one that a float32 pipeline with the patched LoRAs computes with, rounded once to the dtype of
 * the weight in the file.
 *
 * <p>A single file keeps its tensors, their names, shapes and dtypes (quantised weights and 8-bit
 * floats become half precision) and its metadata; tensors that are not weights of the networks,
 * such as averaged copies ({@code model_ema.}), are copied unchanged. A diffusers folder becomes a
 * single file with the tensor names of the original code (CompVis', and Stability's sgm for SDXL);
 * its metadata and marker tensors express the folder's settings for prediction type and noise
 * levels.
 *
 * <p>FLUX.2 klein and Z-Image keep the tensor names of their layout. A file, shards with an index
 * and a diffusers folder become a single file with the transformer, and with the text encoder and
 * the VAE if they are in the same file. The metadata {@code is_distilled} keeps a base model one
 * under any file name.
 *
 * <p>With a {@link #format}, the file is the one that {@link WeightConversion} writes of the
 * result. Rounding to 8 bits or fewer can be as large as the changes of a weak LoRA, most of all if
 * the checkpoint is quantised already: {@link CreatedCheckpoint#changeError} tells. A LoRA that is
 * overlaid on a quantised checkpoint loses nothing.
 *
 * <p>Only a few weights are processed at a time, so memory does not grow with the size of the
 * model. Setters return this object. Not thread-safe.
 */
public final class LoraBaking {
  private final Path checkpoint;
  private final List<LoraAdapter> loras;
  private CheckpointParts parts = CheckpointParts.DEFAULT;
  private Optional<FileFormat> format = Optional.empty();
  private MakingListener listener = MakingListener.NONE;

  private LoraBaking(Path checkpoint, List<LoraAdapter> loras) {
    this.checkpoint = checkpoint;
    this.loras = List.copyOf(loras);
  }

  /**
   * Bakes LoRAs at their strengths into a checkpoint.
   *
   * @param checkpoint a file or a diffusers folder; it is not modified
   * @param loras at least one LoRA
   * @return the baking
   * @throws IllegalArgumentException if the list is empty
   */
  public static LoraBaking into(Path checkpoint, List<LoraAdapter> loras) {
    Objects.requireNonNull(checkpoint, "checkpoint");
    Objects.requireNonNull(loras, "loras");
    if (loras.isEmpty()) {
      throw new IllegalArgumentException("loras must not be empty");
    }
    return new LoraBaking(checkpoint, loras);
  }

  /**
   * Sets the files of networks that the checkpoint does not have, such as the text encoder and the
   * VAE of a transformer alone. They are needed to open the model, and are not written.
   *
   * @param parts default: those in the usual places
   * @return this baking
   */
  public LoraBaking parts(CheckpointParts parts) {
    this.parts = Objects.requireNonNull(parts, "parts");
    return this;
  }

  /**
   * Sets the format of the large weights.
   *
   * @param format default: each tensor's dtype in the checkpoint, half precision for quantised
   *     weights and 8-bit dtypes
   * @return this baking
   */
  public LoraBaking format(FileFormat format) {
    this.format = Optional.of(Objects.requireNonNull(format, "format"));
    return this;
  }

  /**
   * Sets the listener, which is called after each tensor.
   *
   * @param listener default {@link MakingListener#NONE}
   * @return this baking
   */
  public LoraBaking listener(MakingListener listener) {
    this.listener = Objects.requireNonNull(listener, "listener");
    return this;
  }

  /**
   * Bakes the LoRAs and writes a file.
   *
   * @param file the target, with the extension {@code .safetensors}, or {@code .gguf} for a format
   *     of GGUF files; an existing file is replaced only when the new one is complete
   * @return a description of the written file
   * @throws IllegalArgumentException if the extension is another or does not fit the format, the
   *     file is an input, or a strength changes over the steps
   * @throws dev.sdlora.api.error.CheckpointException if the checkpoint cannot be read as a model, a
   *     weight is too large for the format, a GGUF file cannot have the names of the checkpoint, or
   *     it is a folder with settings that a single file cannot express, such as another number of
   *     attention heads than usual for its family
   * @throws dev.sdlora.api.error.LoraException if a LoRA does not fit it, contains NaN or infinity,
   *     or changes a text encoder in another file than the denoiser
   * @throws dev.sdlora.api.error.TensorFileException if a file is damaged or cannot be written
   */
  public CreatedCheckpoint write(Path file) {
    Objects.requireNonNull(file, "file");
    return Services.find(MakingBackend.class)
        .bake(new MakingBackend.Bake(checkpoint, loras, parts, format), file, listener);
  }
}
