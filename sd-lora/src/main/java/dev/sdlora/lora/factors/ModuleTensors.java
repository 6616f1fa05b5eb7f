package dev.sdlora.lora.factors;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import dev.sdlora.lora.format.Kind;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.format.Part;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.weights.TensorLoader;
import dev.sdlora.tensors.weights.TensorLoader.Wanted;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the tensors from which the change of a weight is computed. */
final class ModuleTensors {
  /** Parts that belong to the bias and parts that are single numbers. */
  private static final Set<Part> OTHERS =
      EnumSet.of(Part.DIFF_B, Part.B_NORM, Part.LORA_BIAS, Part.ALPHA, Part.SCALE, Part.ON_INPUT);

  private ModuleTensors() {}

  /** Reads the tensors for the weight, by their names in LyCORIS. */
  static Map<String, NDArray> read(
      TensorLoader loader, TensorFile.Reader reader, LoraModule module, NDManager scope) {
    List<Part> names = new ArrayList<>();
    List<Wanted> wanted = new ArrayList<>();
    module
        .parts()
        .forEach(
            (part, entry) -> {
              if (!OTHERS.contains(part)) {
                names.add(part);
                wanted.add(new Wanted(entry, entry.shape()));
              }
            });
    boolean swapped = module.kind() == Kind.GLORA && module.hasOldGlora();
    List<NDArray> tensors = Parts.read(loader, reader, wanted, scope).tensors();
    Map<String, NDArray> byName = new LinkedHashMap<>();
    for (int i = 0; i < tensors.size(); i++) {
      Part part = swapped ? counterpart(names.get(i)) : names.get(i);
      byName.put(
          part.ending(), part == Part.LORA_DOWN ? columns(module, tensors.get(i)) : tensors.get(i));
    }
    return byName;
  }

  /** Returns the columns of a factor that the module's weight gets. */
  private static NDArray columns(LoraModule module, NDArray factor) {
    return module
        .columns()
        .map(
            chosen ->
                factor.get(
                    new NDIndex(":, {}:{}", chosen.first(), chosen.first() + chosen.count())))
        .orElse(factor);
  }

  /** The GLoRA part that corresponds to this one in the first layout. */
  private static Part counterpart(Part part) {
    return switch (part) {
      case A1 -> Part.A2;
      case A2 -> Part.A1;
      case B1 -> Part.B2;
      case B2 -> Part.B1;
      default -> part;
    };
  }
}
