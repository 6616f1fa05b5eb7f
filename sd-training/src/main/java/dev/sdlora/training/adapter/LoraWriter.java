package dev.sdlora.training.adapter;

import ai.djl.ndarray.NDArray;
import dev.sdlora.tensors.file.DType;
import dev.sdlora.tensors.file.SafetensorsWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Writes LoRA files with kohya's names. Stateless. */
public final class LoraWriter {
  private LoraWriter() {}

  /**
   * Writes a LoRA; an earlier file is replaced only when all is written.
   *
   * @param format of the numbers: F16 or F32
   * @throws dev.sdlora.api.TensorFileException if the file cannot be written
   */
  public static void write(
      Path path, LoraParameters parameters, DType format, Map<String, String> metadata) {
    SafetensorsWriter writer = new SafetensorsWriter();
    metadata.forEach(writer::metadata);
    Map<String, NDArray> weights = parameters.weights();
    for (AdapterModule module : parameters.modules()) {
      String key = module.key();
      writer.tensor(
          key + ".lora_down.weight", module.downShape(), values(weights, module.down()), format);
      writer.tensor(
          key + ".lora_up.weight", module.upShape(), values(weights, module.up()), format);
      writer.tensor(key + ".alpha", List.of(), new float[] {(float) parameters.alpha()}, format);
    }
    writer.write(path);
  }

  private static float[] values(Map<String, NDArray> weights, String name) {
    return Objects.requireNonNull(weights.get(name), name).toFloatArray();
  }
}
