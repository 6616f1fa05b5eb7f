package dev.sdlora.lora.plan;

import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.format.RowCut;
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
   * @param layers the layers in the order of the module's rows, of equal size
   * @throws LoraException if there are several and the module cannot be cut into their rows
   */
  static List<Placed> of(List<Layer> layers, TensorFile file, LoraModule module) {
    if (layers.size() == 1) {
      return List.of(new Placed(layers.get(0), module));
    }
    long rows = layers.stream().mapToLong(Layer::out).sum();
    List<Placed> all = new ArrayList<>();
    for (Layer layer : layers) {
      LoraModule part =
          RowCut.of(module, rows, layers.size(), all.size())
              .orElseThrow(() -> cannotBeCut(layers, file, module));
      all.add(new Placed(layer, part));
    }
    return all;
  }

  private static LoraException cannotBeCut(List<Layer> layers, TensorFile file, LoraModule module) {
    return new LoraException(
        "LoRA '%s': module '%s' (%s) changes '%s' together, and its tensors %s cannot be cut into their rows;"
                .formatted(
                    file.path(),
                    module.key(),
                    module.kind().label(),
                    Layer.joined(layers).weight(),
                    module.parts().keySet())
            + " expected one module for each layer",
        Reason.UNSUPPORTED,
        ErrorDetails.in(file.path()).withModule(module.key()));
  }
}
