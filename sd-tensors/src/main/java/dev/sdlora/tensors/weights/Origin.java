package dev.sdlora.tensors.weights;

import dev.sdlora.tensors.file.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import java.util.List;

/**
 * Where the original values of a weight lie on disk.
 *
 * @param file the file
 * @param entry the tensor in it
 * @param shape the shape that the network wants, with as many elements as the entry
 */
public record Origin(TensorFile file, TensorEntry entry, List<Long> shape) {
  /** Copies the shape. */
  public Origin {
    shape = List.copyOf(shape);
  }
}
