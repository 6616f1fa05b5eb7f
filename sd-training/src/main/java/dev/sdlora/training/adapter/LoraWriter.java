package dev.sdlora.training.adapter;

import dev.sdlora.lora.format.Part;
import dev.sdlora.lora.make.AdapterFile;
import dev.sdlora.lora.make.LayerNames;
import dev.sdlora.tensors.file.DType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Writes LoRA files with the names of kohya's trainer and LyCORIS. Stateless. */
public final class LoraWriter {
  private LoraWriter() {}

  /**
   * Writes an adapter, replacing an existing file only when everything is written.
   *
   * @param names the names of the model's layers in files
   * @param format the dtype: F16 or F32
   * @throws dev.sdlora.api.error.TensorFileException if the file cannot be written
   */
  public static void write(
      Path path,
      AdapterParameters parameters,
      LayerNames names,
      DType format,
      Map<String, String> metadata) {
    try (AdapterFile file = AdapterFile.create(path, format)) {
      for (FactorLayout layout : parameters.layouts()) {
        String key = layout.module().key(names);
        for (Factor factor : layout.factors()) {
          float[] values = parameters.weight(layout.module(), factor).toFloatArray();
          file.add(key, factor.part(), factor.shape(), values);
          if (factor.part() == Part.WEIGHT) {
            boolean inputs = factor.name().equals(FactorLayout.INPUTS);
            file.add(key, Part.ON_INPUT, List.of(), new float[] {inputs ? 1 : 0});
          }
        }
        if (layout.alpha() != 0) {
          file.addAlpha(key, layout.alpha(), layout.module().rank());
        }
      }
      file.write(metadata);
    }
  }
}
