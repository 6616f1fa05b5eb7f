package dev.sdlora.pipeline.make;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.Families;
import dev.sdlora.lora.plan.ModuleIndex;

/** The layers of the published models, for work on LoRA files without a checkpoint. */
final class KnownLayers {
  private KnownLayers() {}

  /** Returns the layers of a family; those of SD 1.x if it is unknown. */
  static ModuleIndex of(ModelFamily family) {
    return ModuleIndex.of(Families.published(family), family);
  }
}
