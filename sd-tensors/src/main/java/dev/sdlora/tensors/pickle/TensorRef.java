package dev.sdlora.tensors.pickle;

import java.util.List;

/**
 * A tensor as described by a pickle. None of its numbers have been checked.
 *
 * @param storage the storage with its elements
 * @param offset the index of its first element in the storage
 * @param shape the sizes of its dimensions, outermost first
 * @param strides the distance between neighbours along each dimension, in elements of the storage
 */
public record TensorRef(StorageRef storage, long offset, List<Long> shape, List<Long> strides) {
  /** Copies the lists. */
  public TensorRef {
    shape = List.copyOf(shape);
    strides = List.copyOf(strides);
  }
}
