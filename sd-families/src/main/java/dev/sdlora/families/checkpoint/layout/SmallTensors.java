package dev.sdlora.families.checkpoint.layout;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;

/**
 * Reads small tensors whose values describe how to use a checkpoint. They are read when it is
 * opened, so their size is limited. Stateless.
 */
public final class SmallTensors {
  /** Upper bound; the largest are biases, and no layer is that wide. */
  private static final long MOST = 1 << 16;

  private SmallTensors() {}

  /**
   * Returns the values of a tensor.
   *
   * @throws CheckpointException if it is larger than the limit
   * @throws dev.sdlora.api.error.TensorFileException if it cannot be read
   */
  public static float[] floats(TensorFile file, TensorEntry entry) {
    if (entry.elements() > MOST) {
      throw new CheckpointException(
          "'%s': tensor '%s' holds %s numbers, expected at most %s"
              .formatted(file.path(), entry.name(), entry.elements(), MOST),
          ErrorDetails.in(file.path()).withTensor(entry.name()));
    }
    try (TensorFile.Reader reader = file.reader()) {
      return reader.floats(entry);
    }
  }
}
