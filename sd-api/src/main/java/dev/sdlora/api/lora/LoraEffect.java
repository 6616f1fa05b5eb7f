package dev.sdlora.api.lora;

import dev.sdlora.api.model.BlockChange;
import dev.sdlora.api.model.ModelPart;
import java.util.List;
import java.util.Map;

/**
 * The changes that a LoRA at its strengths makes to the weights of a checkpoint. Immutable.
 *
 * @param matched the number of its modules that belong to a layer of the checkpoint
 * @param unmatched the other modules, by their names in the file
 * @param blocks the parts of the networks that it changes, in the order of the networks
 */
public record LoraEffect(int matched, List<String> unmatched, List<BlockChange> blocks) {

  /**
   * Copies the lists.
   *
   * @param matched the number of modules with a layer
   * @param unmatched the modules without a layer; copied
   * @param blocks the changed parts; copied
   */
  public LoraEffect {
    unmatched = List.copyOf(unmatched);
    blocks = List.copyOf(blocks);
  }

  /** {@return the number of modules in the file} */
  public int modules() {
    return matched + unmatched.size();
  }

  /** {@return the sum over the blocks of each network that it changes} */
  public Map<ModelPart, BlockChange> byPart() {
    return BlockChange.byPart(blocks);
  }

  /**
   * {@return whether any weight differs from the checkpoint's} A LoRA at strength 0, or one that
   * has not been trained yet, changes nothing.
   */
  public boolean changesAnything() {
    return blocks.stream().anyMatch(block -> block.change() > 0);
  }
}
