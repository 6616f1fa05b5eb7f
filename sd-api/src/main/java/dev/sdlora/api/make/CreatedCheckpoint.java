package dev.sdlora.api.make;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A checkpoint file that was written.
 *
 * @param file its path
 * @param changed the number of weights that LoRAs changed, or of tensors that are a sum
 * @param kept the number of tensors that were copied from one checkpoint
 * @param unmatched LoRA modules that belong to no layer, by their names in the files; empty for
 *     merged checkpoints
 * @param weights the formats of the file and its rounding; empty for merged checkpoints
 * @param changeError the square root of the sum of squared rounding errors of changed tensors over
 *     that of the squared changes by LoRAs: near 0 if the file keeps the changes, 1 if rounding is
 *     as large as they are. 0 if nothing is changed, and for merged checkpoints
 */
public record CreatedCheckpoint(
    Path file,
    int changed,
    int kept,
    List<String> unmatched,
    Optional<ConvertedWeights> weights,
    double changeError) {
  /**
   * Copies the list.
   *
   * @param file the path of the file
   * @param changed the number of changed weights or of sums, at least 0
   * @param kept the number of copied tensors, at least 0
   * @param unmatched the modules without a layer; copied
   * @param weights the formats and the rounding; empty if they are not known
   * @param changeError the rounding relative to the changes, at least 0
   */
  public CreatedCheckpoint {
    unmatched = List.copyOf(unmatched);
  }
}
