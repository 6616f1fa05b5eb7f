package dev.sdlora.api.make;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.spi.MakingBackend;
import dev.sdlora.api.spi.Services;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Writes a checkpoint with LoRAs in it for good. Every changed weight is what a float32 pipeline
 * computes with when it has the LoRAs patched in, rounded once to the number format that the weight
 * has in the file.
 *
 * <p>A single file keeps its tensors, their names, shapes, number formats (floats of 8 bits become
 * half precision) and metadata; what is not a weight of the networks, such as averaged copies
 * ({@code model_ema.}), is copied as it is. A diffusers folder becomes a single file with the names
 * of the original code (CompVis', and Stability's sgm for SDXL), whose metadata and marks say what
 * the settings of the folder say of prediction and noise levels.
 *
 * <p>Weights are worked on a few at a time, so that memory does not grow with the size of the
 * model. Setters return this object. Not safe for several threads.
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
   * Bakes LoRAs at the strengths that they have.
   *
   * @param checkpoint a file or a diffusers folder; it stays as it is
   * @param loras at least one
   * @return the baking
   * @throws IllegalArgumentException if there is no LoRA
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
   * Sets who is told of every changed weight.
   *
   * @param listener default {@link MakingListener#NONE}
   * @return this baking
   */
  public LoraBaking listener(MakingListener listener) {
    this.listener = Objects.requireNonNull(listener, "listener");
    return this;
  }

  /**
   * Bakes, and writes a safetensors file.
   *
   * @param file with the ending {@code .safetensors}; an earlier one is replaced only when all is
   *     done
   * @return what was written
   * @throws IllegalArgumentException if the name does not end in {@code .safetensors} or is that of
   *     a file that is read, or a strength changes over the steps
   * @throws dev.sdlora.api.error.CheckpointException if the checkpoint cannot be read as a model,
   *     or is a folder with settings that no single file can have, such as other attention heads
   *     than its family has
   * @throws dev.sdlora.api.error.LoraException if a LoRA does not fit it or holds NaN or infinity
   * @throws dev.sdlora.api.error.TensorFileException if a file is damaged or cannot be written
   */
  public CreatedCheckpoint write(Path file) {
    Objects.requireNonNull(file, "file");
    return Services.find(MakingBackend.class)
        .bake(new MakingBackend.Bake(checkpoint, loras), file, listener);
  }
}
