package dev.sdlora.training.step;

import dev.sdlora.lora.plan.Network;

/**
 * The names of weights in a dictionary of all networks, as used in a training run: the layer names
 * of text encoders alone would collide. Stateless.
 */
public final class JointNames {
  private JointNames() {}

  /**
   * The name of a weight among those of all networks.
   *
   * @param name the name inside its network
   */
  public static String of(Network network, String name) {
    return switch (network) {
      case UNET -> name;
      case TEXT_ENCODER -> "text_encoders.0." + name;
      case TEXT_ENCODER_2 -> "text_encoders.1." + name;
      case TEXT_ENCODER_3 -> "text_encoders.2." + name;
    };
  }
}
