package dev.sdlora.api;

import java.nio.file.Path;
import java.util.List;

/**
 * What became of one LoRA in a generation.
 *
 * @param name the name by which it was asked for
 * @param path its file
 * @param hash A1111's short hash of the file, 12 hexadecimal digits
 * @param textEncoderStrength factor on its change of the text encoder
 * @param unetStrength factor on its change of the U-Net
 * @param matched how many of its modules belong to a layer of the checkpoint
 * @param unmatched its modules that belong to none, under the names that they have in the file
 */
public record LoraReport(
    String name,
    Path path,
    String hash,
    double textEncoderStrength,
    double unetStrength,
    int matched,
    List<String> unmatched) {

  /** Copies the list. */
  public LoraReport {
    unmatched = List.copyOf(unmatched);
  }

  /** How many modules the file has. */
  public int modules() {
    return matched + unmatched.size();
  }
}
