package dev.sdlora.api.make;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.spi.MakingBackend;
import dev.sdlora.api.spi.Services;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Writes a checkpoint with LoRAs permanently merged into its weights. Every changed weight is the
 * one that a float32 pipeline with the patched LoRAs computes with, rounded once to the dtype of
 * the weight in the file.
 *
 * <p>A single file keeps its tensors, their names, shapes and dtypes (8-bit floats become half
 * precision) and its metadata; tensors that are not weights of the networks, such as averaged
 * copies ({@code model_ema.}), are copied unchanged. A diffusers folder becomes a single file with
 * the tensor names of the original code (CompVis', and Stability's sgm for SDXL); its metadata and
 * marker tensors express the folder's settings for prediction type and noise levels.
 *
 * <p>FLUX.2 klein and Z-Image keep the tensor names of their layout. A file, shards with an index
 * and a diffusers folder become a single file with the transformer, and with the text encoder and
 * the VAE if they are in the same file. The metadata {@code is_distilled} keeps a base model one
 * under any file name.
 *
 * <p>Only a few weights are processed at a time, so memory does not grow with the size of the
 * model. Setters return this object. Not thread-safe.
 */
public final class LoraBaking {
  private final Path checkpoint;
  private final List<LoraAdapter> loras;
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
   * Sets the listener, which is called after each changed weight.
   *
   * @param listener default {@link MakingListener#NONE}
   * @return this baking
   */
  public LoraBaking listener(MakingListener listener) {
    this.listener = Objects.requireNonNull(listener, "listener");
    return this;
  }

  /**
   * Bakes the LoRAs and writes a safetensors file.
   *
   * @param file the target, with the extension {@code .safetensors}; an existing file is replaced
   *     only when the new one is complete
   * @return a description of the written file
   * @throws IllegalArgumentException if the name does not end in {@code .safetensors} or is that of
   *     an input file, or a strength changes over the steps
   * @throws dev.sdlora.api.error.CheckpointException if the checkpoint cannot be read as a model,
   *     or is a folder with settings that a single file cannot express, such as another number of
   *     attention heads than usual for its family
   * @throws dev.sdlora.api.error.LoraException if a LoRA does not fit it, contains NaN or infinity,
   *     or changes a text encoder in another file than the denoiser
   * @throws dev.sdlora.api.error.TensorFileException if a file is damaged or cannot be written
   */
  public CreatedCheckpoint write(Path file) {
    Objects.requireNonNull(file, "file");
    return Services.find(MakingBackend.class)
        .bake(new MakingBackend.Bake(checkpoint, loras), file, listener);
  }
}
