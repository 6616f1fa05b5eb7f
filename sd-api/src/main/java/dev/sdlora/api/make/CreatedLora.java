package dev.sdlora.api.make;

import java.nio.file.Path;
import java.util.List;

/**
 * A LoRA file that was written.
 *
 * @param file where
 * @param modules how many layers it changes
 * @param rank the largest rank among its layers
 * @param keptEnergy how much of the change it keeps: the sum of squares over all layers, as a share
 *     of that of the whole original change, left-out layers included; 1 where nothing was left out
 * @param leftOut layers that differ and are not in the file, by cause
 */
public record CreatedLora(
    Path file, int modules, int rank, double keptEnergy, List<SkippedLayers> leftOut) {

  /**
   * Copies the list.
   *
   * @param file where it was written
   * @param modules how many layers it changes
   * @param rank the largest of its layers
   * @param keptEnergy from 0 to 1
   * @param leftOut empty if nothing is missing
   */
  public CreatedLora {
    leftOut = List.copyOf(leftOut);
  }
}
