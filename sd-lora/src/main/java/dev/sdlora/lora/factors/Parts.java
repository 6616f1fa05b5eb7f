package dev.sdlora.lora.factors;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.LoraException;
import dev.sdlora.tensors.file.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.weights.TensorLoader;
import dev.sdlora.tensors.weights.TensorLoader.Wanted;
import java.util.List;

/** Reads tensors of adapters, none of which may hold NaN or infinity. */
final class Parts {
  private Parts() {}

  /**
   * Reads tensors as float32.
   *
   * @throws LoraException naming the first tensor that holds NaN or infinity, or a number too large
   *     for float32
   */
  static List<NDArray> read(
      TensorLoader loader, TensorFile.Reader reader, List<Wanted> wanted, NDManager scope) {
    List<NDArray> tensors = loader.loadAll(reader, wanted, scope);
    int count = wanted.size();
    if (!Float.isFinite(tensors.get(count).getFloat())) {
      for (int i = 0; i < count; i++) {
        if (!loader.isFinite(tensors.get(i))) {
          throw notFinite(reader.file(), wanted.get(i).entry());
        }
      }
    }
    return tensors.subList(0, count);
  }

  static LoraException notFinite(TensorFile file, TensorEntry entry) {
    return new LoraException(
        "LoRA '%s': tensor '%s' holds NaN or infinity; its training probably failed"
            .formatted(file.path(), entry.name()));
  }
}
