package dev.sdlora.tensors.file;

import java.io.IOException;

/**
 * Computes the values of a quantised tensor from what a file stores for it, any part on its own.
 * Immutable.
 */
interface Widening {
  /**
   * Returns how many neighbouring elements are computed together. Parts begin at a multiple of it,
   * and end at one or at the end of the tensor.
   */
  default int unit() {
    return 1;
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
