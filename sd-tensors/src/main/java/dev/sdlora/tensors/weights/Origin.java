package dev.sdlora.tensors.weights;

import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import java.util.List;

/**
 * The location of the original values of a weight on disk.
 *
 * @param file the file
 * @param entry the tensor in it, or a {@linkplain dev.sdlora.tensors.file.TensorView view} of one
 * @param shape the shape in the network, with as many elements as the entry
 */
public record Origin(TensorFile file, TensorEntry entry, List<Long> shape) {
  /** Copies the shape. */
  public Origin {
    shape = List.copyOf(shape);
  }

  /** Whether two weights are the same values of the same file. */
  public boolean isSameAs(Origin other) {
    return file.path().equals(other.file.path())
        && entry.equals(other.entry)
        && shape.equals(other.shape);
  }
}
