package dev.sdlora.api.make;

import dev.sdlora.api.spi.MakingBackend;
import dev.sdlora.api.spi.Services;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Gives the tensors of a LoRA the names of another style. Names are looked up in the list of the
 * model's layers, never cut at their underscores. The tensors stay the same to the byte, so that
 * there and back is where one was; only alphas are numbers in the metadata in one style and tensors
 * in the other.
 *
 * <p>For LoRA and DoRA, linear layers and convolutions, of SD 1.x, SD 2.x and SDXL; the other kinds
 * have no names in PEFT's style. Where kohya's files for SDXL differ in their spelling, those of
 * kohya's trainer are written. Setters return this object. Not safe for several threads.
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
   * Converts a file to another style of names.
   *
   * @param lora a file in any style
   * @param names the style to write
   * @return the conversion
   */
  public static LoraConversion of(Path lora, KeyNames names) {
    Objects.requireNonNull(lora, "lora");
    Objects.requireNonNull(names, "names");
    return new LoraConversion(lora, names);
  }

  /**
   * Names the checkpoint that the LoRA is for, whose layers are then those that can be named.
   * Default: the layers of the published models of the LoRA's family.
   *
   * @param file a file or a diffusers folder
   * @return this conversion
   */
  public LoraConversion checkpoint(Path file) {
    this.checkpoint = Optional.of(Objects.requireNonNull(file, "file"));
    return this;
  }

  /**
   * Sets whether alpha / rank is multiplied into the second factor, so that nothing else has to
   * tell it. Of use with {@link KeyNames#PEFT} for programs that do not read diffusers' settings in
   * the metadata, such as diffusers before 0.34 and ComfyUI; the way back then gives the same
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
   * Sets who is told of every layer.
   *
   * @param listener default {@link MakingListener#NONE}
   * @return this conversion
   */
  public LoraConversion listener(MakingListener listener) {
    this.listener = Objects.requireNonNull(listener, "listener");
    return this;
  }

  /**
   * Converts, and writes a safetensors file with the metadata of the old one.
   *
   * @param file with the ending {@code .safetensors}
   * @return what was written
   * @throws IllegalArgumentException if the name does not end in {@code .safetensors} or is that of
   *     the old file
   * @throws dev.sdlora.api.error.LoraException if the old file is no LoRA, or has modules without a
   *     name in the other style
   * @throws dev.sdlora.api.error.CheckpointException if a checkpoint is given and cannot be read as
   *     a model
   * @throws dev.sdlora.api.error.TensorFileException if it is damaged, or the new one cannot be
   *     written
   */
  public CreatedLora write(Path file) {
    Objects.requireNonNull(file, "file");
    return Services.find(MakingBackend.class)
        .convert(
            new MakingBackend.Convert(source, names, checkpoint, scaleInFactors), file, listener);
  }
}
