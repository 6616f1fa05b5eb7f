package dev.sdlora.api.lora;

import dev.sdlora.api.model.BlockChange;
import dev.sdlora.api.model.ModelPart;
import java.util.List;
import java.util.Map;

/**
 * The changes that a LoRA at its strengths makes to the weights of a checkpoint. Immutable.
 *
 * @param matched how many of its modules belong to a layer of the checkpoint
 * @param unmatched the other modules, by their names in the file
 * @param blocks the parts of the networks that it changes, in the order of the networks
 */
public record LoraEffect(int matched, List<String> unmatched, List<BlockChange> blocks) {

  /**
   * Copies the lists.
   *
   * @param matched the number of modules with a layer
   * @param unmatched copied
   * @param blocks copied
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
   * {@return whether any weight differs from the checkpoint's} A LoRA at strength 0, or whose
   * training has not begun, changes nothing.
   */
  public boolean changesAnything() {
    return blocks.stream().anyMatch(block -> block.change() > 0);
  }
}
