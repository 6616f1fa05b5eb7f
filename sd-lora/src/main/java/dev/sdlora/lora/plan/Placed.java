package dev.sdlora.lora.plan;

import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.format.RowCut;
import dev.sdlora.lora.format.Rows;
import dev.sdlora.lora.plan.ModuleIndex.Layer;
import dev.sdlora.tensors.file.TensorFile;
import java.util.ArrayList;
import java.util.List;

/**
 * A layer with the module that changes it: a whole module, or some rows of a module for several
 * layers that other code keeps as one.
 */
public record Placed(Layer layer, LoraModule module) {

  /**
   * Assigns a module to its layers.
   *
   * @param stack the layers that the module's name refers to
   * @throws LoraException if the module cannot be cut into their rows
   */
  static List<Placed> of(Stack stack, TensorFile file, LoraModule module) {
    if (stack.isEmpty()) {
      return List.of();
    }
    if (stack.isPlain()) {
      return List.of(new Placed(stack.layers().get(0), module));
    }
    List<Rows> rows = stack.rows(module);
    if (rows.isEmpty()) {
      throw cannotBeCut(stack, file, module);
    }
    List<Placed> all = new ArrayList<>();
    for (Layer layer : stack.layers()) {
      LoraModule part =
          RowCut.of(module, rows.get(all.size()))
              .orElseThrow(() -> cannotBeCut(stack, file, module));
      all.add(new Placed(layer, part));
    }
    return all;
  }

  private static LoraException cannotBeCut(Stack stack, TensorFile file, LoraModule module) {
    return new LoraException(
        "LoRA '%s': module '%s' (%s) changes '%s' together, and the change of its tensors %s cannot be cut into their rows;"
                .formatted(
                    file.path(),
                    module.key(),
                    module.kind().label(),
                    stack.joined().weight(),
                    module.parts().keySet())
            + " expected one module for each layer",
        Reason.UNSUPPORTED,
        ErrorDetails.in(file.path()).withModule(module.key()));
  }
}
