package dev.sdlora.tensors.pickle;

import java.util.List;

/**
 * A tensor as a pickle describes it. Nothing about its numbers has been checked.
 *
 * @param storage where its numbers lie
 * @param offset its first number, counted from the first of the storage
 * @param shape the sizes of its dimensions, outermost first
 * @param strides how many numbers of the storage lie between neighbours along each dimension
 */
public record TensorRef(StorageRef storage, long offset, List<Long> shape, List<Long> strides) {
  /** Copies the lists. */
  public TensorRef {
    shape = List.copyOf(shape);
    strides = List.copyOf(strides);
  }
}
