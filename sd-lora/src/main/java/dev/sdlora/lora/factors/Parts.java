package dev.sdlora.lora.factors;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.weights.TensorLoader;
import dev.sdlora.tensors.weights.TensorLoader.Wanted;
import java.util.List;

/**
 * Adapter tensors in float32, free of NaN and infinity.
 *
 * @param tensors the tensors, in the order requested
 * @param largest the largest magnitude in all of them
 */
record Parts(List<NDArray> tensors, double largest) {

  /**
   * Reads tensors.
   *
   * @throws LoraException naming the first tensor that holds NaN or infinity, or a number too large
   *     for float32
   */
  static Parts read(
      TensorLoader loader, TensorFile.Reader reader, List<Wanted> wanted, NDManager scope) {
    TensorLoader.Loaded loaded = loader.loadAll(reader, wanted, scope);
    if (!Float.isFinite(loaded.largest())) {
      for (int i = 0; i < wanted.size(); i++) {
        if (!loader.isFinite(loaded.tensors().get(i))) {
          throw notFinite(reader.file(), wanted.get(i).entry());
        }
      }
    }
    return new Parts(loaded.tensors(), loaded.largest());
  }

  static LoraException notFinite(TensorFile file, TensorEntry entry) {
    return new LoraException(
        "LoRA '%s': tensor '%s' holds NaN or infinity; its training probably failed"
            .formatted(file.path(), entry.name()),
        Reason.DAMAGED,
        ErrorDetails.in(file.path()).withTensor(entry.name()));
  }
}
