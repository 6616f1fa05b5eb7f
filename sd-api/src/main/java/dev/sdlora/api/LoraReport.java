package dev.sdlora.api;

import java.nio.file.Path;
import java.util.List;

/**
 * What became of one LoRA in a generation.
 *
 * @param name the name by which it was asked for
 * @param path its file
 * @param hash A1111's short hash of the file, 12 hexadecimal digits
 * @param strength how strongly it acted, and where
 * @param mode how it got into the computation: {@link LoraMode#PATCHED} or {@link
 *     LoraMode#OVERLAY}, never {@link LoraMode#AUTO}
 * @param matched how many of its modules belong to a layer of the checkpoint
 * @param unmatched its modules that belong to none, under the names that they have in the file
 */
public record LoraReport(
    String name,
    Path path,
    String hash,
    LoraStrength strength,
    LoraMode mode,
    int matched,
    List<String> unmatched) {

  /** Copies the list. */
  public LoraReport {
    unmatched = List.copyOf(unmatched);
  }

  /** Factor on its change of the text encoder, before the weights of blocks. */
  public double textEncoderStrength() {
    return strength.textEncoder();
  }

  /** Factor on its change of the U-Net in the first step, before the weights of blocks. */
  public double unetStrength() {
    return strength.unet().first();
  }

  /** How many modules the file has. */
  public int modules() {
    return matched + unmatched.size();
  }
}
