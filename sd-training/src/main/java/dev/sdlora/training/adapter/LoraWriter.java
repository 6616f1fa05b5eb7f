package dev.sdlora.training.adapter;

import ai.djl.ndarray.NDArray;
import dev.sdlora.lora.make.AdapterFile;
import dev.sdlora.lora.make.AdapterModule;
import dev.sdlora.lora.make.FactorPair;
import dev.sdlora.lora.make.LayerNames;
import dev.sdlora.tensors.file.DType;
import dev.sdlora.training.step.JointNames;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** Writes LoRA files with kohya's names. Stateless. */
public final class LoraWriter {
  private LoraWriter() {}

  /**
   * Writes a LoRA, replacing an existing file only when everything is written.
   *
   * @param names the names of the model's layers in files
   * @param format the dtype: F16 or F32
   * @throws dev.sdlora.api.error.TensorFileException if the file cannot be written
   */
  public static void write(
      Path path,
      LoraParameters parameters,
      LayerNames names,
      DType format,
      Map<String, String> metadata) {
    Map<String, NDArray> weights = parameters.weights();
    try (AdapterFile file = AdapterFile.create(path, format)) {
      for (AdapterModule module : parameters.modules()) {
        float[] down = values(weights, JointNames.of(module.network(), module.down()));
        float[] up = values(weights, JointNames.of(module.network(), module.up()));
        file.add(
            module.key(names),
            module.shape(),
            new FactorPair(down, up, module.rank()),
            parameters.alpha());
      }
      file.write(metadata);
    }
  }

  private static float[] values(Map<String, NDArray> weights, String name) {
    return Objects.requireNonNull(weights.get(name), name).toFloatArray();
  }
}
