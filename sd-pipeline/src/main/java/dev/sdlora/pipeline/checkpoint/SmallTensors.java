package dev.sdlora.pipeline.checkpoint;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.tensors.file.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;

/**
 * Reads the tensors of which a few numbers tell how a checkpoint is to be used. That is done while
 * it is opened, so a file must not choose freely how much is read. Stateless.
 */
final class SmallTensors {
  /** The largest are biases; no layer is that wide. */
  private static final long MOST = 1 << 16;

  private SmallTensors() {}

  /**
   * The numbers of a tensor.
   *
   * @throws CheckpointException if they are more than such a tensor has
   * @throws dev.sdlora.api.error.TensorFileException if they cannot be read
   */
  static float[] floats(TensorFile file, TensorEntry entry) {
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
