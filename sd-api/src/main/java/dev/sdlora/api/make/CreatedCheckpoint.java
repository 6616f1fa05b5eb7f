package dev.sdlora.api.make;

import java.nio.file.Path;
import java.util.List;

/**
 * A checkpoint file that was written.
 *
 * @param file its path
 * @param changed the number of weights that LoRAs changed, or of tensors that are a sum
 * @param kept the number of tensors that were copied from one checkpoint
 * @param unmatched LoRA modules that belong to no layer, by their names in the files; empty for
 *     merged checkpoints
 */
public record CreatedCheckpoint(Path file, int changed, int kept, List<String> unmatched) {
  /**
   * Copies the list.
   *
   * @param file the path of the file
   * @param changed the number of changed weights or of sums, at least 0
   * @param kept the number of copied tensors, at least 0
   * @param unmatched the modules without a layer; copied
   */
  public CreatedCheckpoint {
    unmatched = List.copyOf(unmatched);
  }
}
