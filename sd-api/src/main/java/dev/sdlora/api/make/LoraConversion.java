package dev.sdlora.api.make;

import dev.sdlora.api.make.spi.KeyNames;
import dev.sdlora.api.make.spi.MakingBackend;
import dev.sdlora.api.service.Services;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Renames the tensors of a LoRA to another naming scheme. Names are looked up in the list of the
 * model's layers, never split at underscores. The tensors remain the same, byte for byte, so
 * converting back restores the original; only alphas are numbers in the metadata in one scheme and
 * tensors in the other.
 *
 * <p>Supports LoRA and DoRA of linear layers and convolutions, for SD 1.x, SD 2.x, SDXL, FLUX.2
 * klein and Z-Image; other kinds have no names in PEFT's scheme. Where the spelling of kohya's
 * files for SDXL varies, that of kohya's trainer is written. Setters return this object. Not
 * thread-safe.
 */
public final class LoraConversion {
  private final Path source;
  private final KeyNames names;
  private Optional<Path> checkpoint = Optional.empty();
  private boolean scaleInFactors;
  private MakingListener listener = MakingListener.NONE;

  private LoraConversion(Path source, KeyNames names) {
    this.source = source;
    this.names = names;
  }

  /**
   * Converts a file to the names of kohya's sd-scripts: {@code lora_unet_…_to_q.lora_down.weight}
   * with {@code .alpha} next to it. The scheme of A1111, ComfyUI and most model sites. For FLUX.2
   * klein and Z-Image, layers have the names of single files, where the projections of an attention
   * are one matrix.
   *
   * @param lora a file in any scheme
   * @return the conversion
   */
  public static LoraConversion toKohya(Path lora) {
    return new LoraConversion(Objects.requireNonNull(lora, "lora"), KeyNames.KOHYA);
  }

  /**
   * Converts a file to the names of PEFT as saved by diffusers: {@code unet.….to_q.lora_A.weight}.
   * Alphas are in the metadata, under {@code lora_adapter_metadata}. For FLUX.2 klein and Z-Image,
   * {@code transformer.} is the first part of the names.
   *
   * @param lora a file in any scheme
   * @return the conversion
   */
  public static LoraConversion toPeft(Path lora) {
    return new LoraConversion(Objects.requireNonNull(lora, "lora"), KeyNames.PEFT);
  }

  /**
   * Sets the checkpoint that the LoRA is for, which determines the layers. Default: the layers of
   * the published models of the LoRA's family.
   *
   * @param file a file or a diffusers folder
   * @return this conversion
   */
  public LoraConversion checkpoint(Path file) {
    this.checkpoint = Optional.of(Objects.requireNonNull(file, "file"));
    return this;
  }

  /**
   * Sets whether the second factor is multiplied by alpha / rank, so that no alpha needs to be
   * stored. Useful with {@link #toPeft} for programs that do not read diffusers' settings in the
   * metadata, such as diffusers before 0.34 and ComfyUI. Converting back then gives the same
   * changes, but not the same tensors.
   *
   * @param multiply default false
   * @return this conversion
   */
  public LoraConversion scaleInFactors(boolean multiply) {
    this.scaleInFactors = multiply;
    return this;
  }

  /**
   * Sets the listener, which is called after each layer.
   *
   * @param listener default {@link MakingListener#NONE}
   * @return this conversion
   */
  public LoraConversion listener(MakingListener listener) {
    this.listener = Objects.requireNonNull(listener, "listener");
    return this;
  }

  /**
   * Converts the file and writes a safetensors file with its metadata.
   *
   * @param file the target, with the extension {@code .safetensors}
   * @return a description of the written file
   * @throws IllegalArgumentException if the name does not end in {@code .safetensors} or is that of
   *     the input file
   * @throws dev.sdlora.api.error.LoraException if the input file is not a LoRA, or has modules
   *     without a name in the other scheme
   * @throws dev.sdlora.api.error.CheckpointException if a checkpoint is set and cannot be read as a
   *     model
   * @throws dev.sdlora.api.error.TensorFileException if the input file is damaged, or the new one
   *     cannot be written
   */
  public CreatedLora write(Path file) {
    Objects.requireNonNull(file, "file");
    return Services.find(MakingBackend.class)
        .convert(
            new MakingBackend.Convert(source, names, checkpoint, scaleInFactors), file, listener);
  }
}
