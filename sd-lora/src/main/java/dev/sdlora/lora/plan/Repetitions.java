package dev.sdlora.lora.plan;

import dev.sdlora.lora.format.Kind;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.format.Part;
import dev.sdlora.lora.plan.ModuleIndex.Layer;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds the modules that a file holds a second time. Some files in the layout of old diffusers,
 * with {@code .lora.down} and {@code .lora.up}, have every projection of an attention under its own
 * name and again under the fused name of other code ({@code qkv}, {@code out}); both together would
 * change the layers twice.
 */
final class Repetitions {
  private static final String DOTTED = ".lora.";

  private Repetitions() {}

  /** The modules under names of other code whose layers all have a module under their own name. */
  static Set<LoraModule> of(ModuleIndex index, List<LoraModule> modules) {
    Set<Layer> named = new HashSet<>();
    Set<LoraModule> others = new LinkedHashSet<>();
    for (LoraModule module : modules) {
      if (isDotted(module)) {
        Stack stack = index.stack(module.key());
        if (stack.own()) {
          named.addAll(stack.layers());
        } else if (!stack.isEmpty()) {
          others.add(module);
        }
      }
    }
    others.removeIf(module -> !named.containsAll(index.layers(module.key())));
    return others;
  }

  private static boolean isDotted(LoraModule module) {
    return module.kind() == Kind.LORA && module.part(Part.LORA_DOWN).name().contains(DOTTED);
  }
}
