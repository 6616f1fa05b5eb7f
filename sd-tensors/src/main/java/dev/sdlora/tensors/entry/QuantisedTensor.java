package dev.sdlora.tensors.entry;

import java.util.List;
import java.util.Set;

/**
 * A tensor whose values are computed when they are read.
 *
 * @param name the name of the tensor
 * @param shape the shape of its values
 * @param format the name of the format
 * @param widening computes its values
 * @param used the names of all tensors that describe it, with its own
 */
public record QuantisedTensor(
    String name, List<Long> shape, String format, Widening widening, Set<String> used) {
  /** Copies the shape and the names. */
  public QuantisedTensor {
    shape = List.copyOf(shape);
    used = Set.copyOf(used);
  }
}
