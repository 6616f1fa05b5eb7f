package dev.sdlora.families.family;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.model.ModelFamily;
import java.util.List;
import java.util.OptionalInt;

/** Checks the blocks that skip-layer guidance leaves out. */
public final class SkippableLayers {
  private SkippableLayers() {}

  /**
   * Checks a request.
   *
   * @param blocks the number of blocks that a prediction can leave out; empty if it needs all
   * @throws IllegalArgumentException if the request leaves out blocks that the network does not
   *     have, or needs
   */
  public static void require(PromptSpec spec, ModelFamily family, OptionalInt blocks) {
    List<Integer> layers = spec.samplerOptions().skipLayers();
    if (layers.isEmpty()) {
      return;
    }
    if (blocks.isEmpty()) {
      throw new IllegalArgumentException(
          "skipLayers is %s, but the checkpoint is %s: skip-layer guidance is for Stable Diffusion 3 and 3.5; remove the setting"
              .formatted(layers, family.label()));
    }
    if (layers.get(layers.size() - 1) >= blocks.getAsInt()) {
      throw new IllegalArgumentException(
          "skipLayers is %s, but the blocks of this %s model are 0 to %s"
              .formatted(layers, family.label(), blocks.getAsInt() - 1));
    }
  }
}
