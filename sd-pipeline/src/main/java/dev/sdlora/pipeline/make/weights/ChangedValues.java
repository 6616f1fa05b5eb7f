package dev.sdlora.pipeline.make.weights;

import dev.sdlora.pipeline.make.tensors.StoredTensor;
import java.util.Optional;

/** The values of tensors that a file to write does not take from its source. */
@FunctionalInterface
interface ChangedValues {
  /** Takes all values from the source. */
  ChangedValues NONE = tensor -> Optional.empty();

  /** Returns all values of a tensor; empty if they are those of the source. */
  Optional<float[]> of(StoredTensor tensor);
}
