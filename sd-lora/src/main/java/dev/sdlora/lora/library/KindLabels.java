package dev.sdlora.lora.library;

import dev.sdlora.lora.format.Kind;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.format.Part;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Labels for the kinds of modules, as they are commonly called. */
final class KindLabels {
  private KindLabels() {}

  /** The labels of all modules, most frequent first. */
  static List<String> of(List<LoraModule> modules) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    modules.forEach(module -> counts.merge(of(module), 1, Integer::sum));
    return counts.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The label of a module: its kind and special features. */
  static String of(LoraModule module) {
    boolean lora = module.kind() == Kind.LORA;
    String label = lora && isConvolution(module) ? "LoCon" : module.kind().label();
    if (module.find(Part.DORA_SCALE).isPresent()) {
      return lora ? "DoRA" : label + " with DoRA";
    }
    return label;
  }

  /** Plain LoRAs contain 1×1 convolutions as well, which SD 1.x uses instead of matrices. */
  private static boolean isConvolution(LoraModule module) {
    return module.find(Part.LORA_MID).isPresent()
        || module.part(Part.LORA_DOWN).shape().stream().skip(2).anyMatch(side -> side > 1);
  }
}
