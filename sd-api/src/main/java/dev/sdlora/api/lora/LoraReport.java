package dev.sdlora.api.lora;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * A report on one LoRA's use in a generation.
 *
 * @param name the name that the request used for it
 * @param path its file
 * @param hash A1111's short hash of the file, 12 hexadecimal digits
 * @param strength its strength
 * @param mode {@link LoraMode#PATCHED} or {@link LoraMode#OVERLAY}, never {@link LoraMode#AUTO}
 * @param matched the number of its modules that belong to a layer of the checkpoint
 * @param unmatched its modules that belong to no layer of the checkpoint, by their names in the
 *     file
 * @param repeated its modules that were left out because the file holds the same change a second
 *     time under another name, by their names in the file
 */
public record LoraReport(
    String name,
    Path path,
    String hash,
    LoraStrength strength,
    LoraMode mode,
    int matched,
    List<String> unmatched,
    List<String> repeated) {

  /**
   * Copies the lists.
   *
   * @param name the name in the request
   * @param path its file
   * @param hash 12 hexadecimal digits
   * @param strength its strength
   * @param mode never {@link LoraMode#AUTO}
   * @param matched the number of modules with a layer, at least 0
   * @param unmatched the modules without a layer; copied
   * @param repeated the modules that say again what others say; copied
   */
  public LoraReport {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(hash, "hash");
    Objects.requireNonNull(strength, "strength");
    Objects.requireNonNull(mode, "mode");
    unmatched = List.copyOf(unmatched);
    repeated = List.copyOf(repeated);
  }

  /** {@return the strength for the text encoder, before block weights} */
  public double textEncoderStrength() {
    return strength.textEncoder();
  }

  /** {@return the strength for the U-Net in the first step, before block weights} */
  public double unetStrength() {
    return strength.unet().first();
  }

  /** {@return the number of modules in the file} */
  public int modules() {
    return matched + unmatched.size() + repeated.size();
  }
}
