package dev.sdlora.lora.make;

import dev.sdlora.lora.plan.Network;

/** What the layers of a model are called in LoRA files of one style. */
@FunctionalInterface
public interface LayerNames {
  /**
   * The name of a layer in a file.
   *
   * @param layer its name inside the network, as diffusers has it
   */
  String key(Network network, String layer);
}
