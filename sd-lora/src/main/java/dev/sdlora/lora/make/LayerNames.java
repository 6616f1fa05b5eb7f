package dev.sdlora.lora.make;

import dev.sdlora.lora.plan.Network;

/** The names of a model's layers in LoRA files of one style. */
@FunctionalInterface
public interface LayerNames {
  /**
   * The name of a layer in a file.
   *
   * @param layer its diffusers name inside the network
   */
  String key(Network network, String layer);
}
