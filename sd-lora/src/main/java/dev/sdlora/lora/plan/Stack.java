package dev.sdlora.lora.plan;

import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.format.Rows;
import dev.sdlora.lora.plan.ModuleIndex.Layer;
import java.util.List;

/**
 * The layers that one name in a file refers to: usually one; several if other code keeps them as
 * one matrix.
 *
 * @param layers the layers in the order of the matrix's rows; empty if the name refers to none
 * @param halvesSwapped whether the other code has the second half of the rows first
 * @param own whether the name is one that the model's own code has for each of the layers, not that
 *     of other code
 */
record Stack(List<Layer> layers, boolean halvesSwapped, boolean own) {
  static final Stack NONE = new Stack(List.of(), false, false);

  Stack {
    layers = List.copyOf(layers);
  }

  /** The layer of a name in the model's own code. */
  static Stack of(Layer layer) {
    return new Stack(List.of(layer), false, true);
  }

  boolean isEmpty() {
    return layers.isEmpty();
  }

  /** Whether a module of this name changes one layer as it stands. */
  boolean isPlain() {
    return layers.size() == 1 && !halvesSwapped;
  }

  /**
   * The rows of each layer in a module's matrix. They have the proportions of the layers if the
   * matrix is of another size, because the known layers of a family stand for models of other
   * widths.
   *
   * @return the rows; empty if the matrix cannot be divided in these proportions
   */
  List<Rows> rows(LoraModule module) {
    List<Long> counts = layers.stream().map(Layer::out).toList();
    long known = counts.stream().mapToLong(Long::longValue).sum();
    long whole = module.extent().out().orElse(known);
    if (counts.stream().anyMatch(count -> count * whole % known != 0 || count * whole < known)
        || (halvesSwapped && whole % 2 != 0)) {
      return List.of();
    }
    return halvesSwapped
        ? List.of(Rows.swapped(whole))
        : Rows.stacked(counts.stream().map(count -> count * whole / known).toList());
  }

  /** The matrix as a layer. */
  Layer joined() {
    return Layer.joined(layers);
  }
}
