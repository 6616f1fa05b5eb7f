package dev.sdlora.tensors.entry;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Computes the values of a quantised tensor from what a file stores for it, any part on its own.
 * Immutable.
 */
public interface Widening {
  /**
   * Returns how many neighbouring elements are computed together. Parts begin at a multiple of it,
   * and end at one or at the end of the tensor.
   */
  default int unit() {
    return 1;
  }

  /**
   * Returns the bytes in which consecutive elements are stored; empty if they cut blocks or rows
   * with a scale of their own, or if blocks and scales are not all of the format.
   *
   * @param first the index of the first element
   * @param elements their number, at least 1
   */
  default Optional<StoredBytes.Piece> stored(long first, long elements) {
    return Optional.empty();
  }

  /**
   * Returns the stored form of elements in pieces that {@link #stored(long, long)} returned.
   *
   * @param pieces at least one
   */
  default Optional<StoredBytes> stored(List<StoredBytes.Piece> pieces) {
    return Optional.empty();
  }

  /**
   * Computes consecutive elements.
   *
   * @param stored the open file
   * @param first the index of the first element, in row-major order
   * @param values receives the elements; its length is their number
   * @throws dev.sdlora.api.error.TensorFileException if a scale is NaN or infinite
   */
  void read(StoredValues stored, long first, float[] values) throws IOException;
}
