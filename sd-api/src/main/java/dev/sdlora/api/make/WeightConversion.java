package dev.sdlora.api.make;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.make.spi.MakingBackend;
import dev.sdlora.api.service.Services;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Writes the weights of a model in another format: 8 bits or fewer, which need less memory and
 * space on disk, or 16 bits. The input is a checkpoint, a network alone (a U-Net, a transformer, a
 * text encoder), quantised or not, or a folder.
 *
 * <p>The extension of the target decides the kind of file. A {@code .gguf} file is one that
 * ComfyUI-GGUF and stable-diffusion.cpp read: a network alone has the names of the original code
 * without prefix, in {@code general.architecture} its kind, and Qwen3 and T5 have llama.cpp's
 * names. A {@code .safetensors} file keeps the names of the input.
 *
 * <p>As in the files of those programs, vectors, tensors of at most 1,024 weights, embeddings of
 * the time and the image, the last layer, and VAEs are not quantised. In GGUF files, rows that are
 * no multiple of the 256 weights of a block get blocks of 32 of about the same size, and others
 * float16; the kernels of a U-Net alone are flattened, as ComfyUI-GGUF does. In {@link
 * FileFormat#FP8_SCALED} and {@link FileFormat#INT8} only matrices are quantised, because ComfyUI
 * reads no others.
 *
 * <p>A diffusers folder of SD or SDXL becomes a checkpoint with the tensor names of the original
 * code. The transformer of another folder keeps diffusers' names, which only a safetensors file can
 * have.
 *
 * <p>Weights are processed in pieces on all cores, so memory does not grow with the size of the
 * model. Setters return this object. Not thread-safe.
 */
public final class WeightConversion {
  private final Path input;
  private final FileFormat format;
  private MakingListener listener = MakingListener.NONE;

  private WeightConversion(Path input, FileFormat format) {
    this.input = input;
    this.format = format;
  }

  /**
   * Converts the weights of a model.
   *
   * @param input a file, an index of shards, or a diffusers folder; it is not modified
   * @param format the format of the large weights
   * @return the conversion
   */
  public static WeightConversion of(Path input, FileFormat format) {
    return new WeightConversion(
        Objects.requireNonNull(input, "input"), Objects.requireNonNull(format, "format"));
  }

  /**
   * Sets the listener, which is called after each tensor.
   *
   * @param listener default {@link MakingListener#NONE}
   * @return this conversion
   */
  public WeightConversion listener(MakingListener listener) {
    this.listener = Objects.requireNonNull(listener, "listener");
    return this;
  }

  /**
   * Converts the weights and writes the file.
   *
   * @param file the target, with the extension {@code .gguf} or {@code .safetensors}; an existing
   *     file is replaced only when the new one is complete
   * @return a description of the written file
   * @throws IllegalArgumentException if the extension is another or does not fit the format, or the
   *     file is an input
   * @throws CheckpointException if the input is not a model that can be quantised, such as a LoRA,
   *     a weight is NaN, infinite or too large for the format, or a GGUF file cannot have the names
   *     of the input
   * @throws dev.sdlora.api.error.TensorFileException if a file is damaged or cannot be written
   * @throws dev.sdlora.api.error.GenerationCancelledException if the thread is interrupted; no file
   *     is left behind
   */
  public ConvertedWeights write(Path file) {
    Objects.requireNonNull(file, "file");
    return Services.find(MakingBackend.class)
        .convertWeights(new MakingBackend.ConvertWeights(input, format), file, listener);
  }
}
