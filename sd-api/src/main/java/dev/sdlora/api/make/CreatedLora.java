package dev.sdlora.api.make;

import java.nio.file.Path;
import java.util.List;

/**
 * A LoRA file that was written.
 *
 * @param file its path
 * @param modules the number of layers that it changes
 * @param rank the largest rank among its layers
 * @param keptEnergy the share of the change that it keeps: the sum of squares over all layers,
 *     relative to that of the original change including skipped layers; 1 if nothing was skipped
 * @param leftOut layers that differ and are not in the file, by cause
 */
public record CreatedLora(
    Path file, int modules, int rank, double keptEnergy, List<SkippedLayers> leftOut) {

  /**
   * Copies the list.
   *
   * @param file the path of the file
   * @param modules the number of layers that it changes
   * @param rank the largest rank among its layers
   * @param keptEnergy the share of the change that it keeps, 0 to 1
   * @param leftOut the skipped layers; empty if nothing is missing
   */
  public CreatedLora {
    leftOut = List.copyOf(leftOut);
  }
}
