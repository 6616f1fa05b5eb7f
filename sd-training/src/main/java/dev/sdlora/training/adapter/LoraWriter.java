package dev.sdlora.training.adapter;

import dev.sdlora.lora.format.Part;
import dev.sdlora.lora.make.AdapterFile;
import dev.sdlora.lora.make.FactorPair;
import dev.sdlora.lora.make.KeyNaming;
import dev.sdlora.lora.make.LayerNames;
import dev.sdlora.tensors.number.DType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Writes LoRA files with the names of kohya's trainer, LyCORIS and ai-toolkit. Stateless. */
public final class LoraWriter {
  private LoraWriter() {}

  /**
   * Writes an adapter, replacing an existing file only when everything is written.
   *
   * @param names the names of the model's layers in files
   * @param style the names of a LoRA's factors; in styles without alphas, the second factor is
   *     multiplied by the scale of the change. Other kinds have LyCORIS's names and alphas
   * @param format the dtype: F16 or F32
   * @throws dev.sdlora.api.error.TensorFileException if the file cannot be written
   */
  public static void write(
      Path path,
      AdapterParameters parameters,
      LayerNames names,
      KeyNaming style,
      DType format,
      Map<String, String> metadata) {
    try (AdapterFile file = AdapterFile.create(path, format, style)) {
      for (FactorLayout layout : parameters.layouts()) {
        add(file, parameters, layout, layout.module().key(names), style);
      }
      file.write(metadata);
    }
  }

  private static void add(
      AdapterFile file,
      AdapterParameters parameters,
      FactorLayout layout,
      String key,
      KeyNaming style) {
    boolean scaled = style != KeyNaming.KOHYA && layout.find(Part.LORA_DOWN).isPresent();
    if (scaled) {
      addScaled(file, parameters, layout, key);
    }
    for (Factor factor : layout.factors()) {
      if (scaled && (factor.part() == Part.LORA_DOWN || factor.part() == Part.LORA_UP)) {
        continue;
      }
      float[] values = parameters.weight(layout.module(), factor).toFloatArray();
      file.add(key, factor.part(), factor.shape(), values);
      if (factor.part() == Part.WEIGHT) {
        boolean inputs = factor.name().equals(FactorLayout.INPUTS);
        file.add(key, Part.ON_INPUT, List.of(), new float[] {inputs ? 1 : 0});
      }
    }
    if (layout.alpha() != 0 && !scaled) {
      file.addAlpha(key, layout.alpha(), layout.module().rank());
    }
  }

  /** Adds a LoRA whose second factor contains its scale. */
  private static void addScaled(
      AdapterFile file, AdapterParameters parameters, FactorLayout layout, String key) {
    AdapterModule module = layout.module();
    float[] down =
        parameters.weight(module, layout.find(Part.LORA_DOWN).orElseThrow()).toFloatArray();
    float[] up = parameters.weight(module, layout.find(Part.LORA_UP).orElseThrow()).toFloatArray();
    for (int i = 0; i < up.length; i++) {
      up[i] = (float) (up[i] * layout.scale());
    }
    file.add(key, module.shape(), new FactorPair(down, up, module.rank()), module.rank());
  }
}
