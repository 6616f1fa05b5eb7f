package dev.sdlora.families.network;

import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.weights.LiveWeights;
import java.util.function.Supplier;

/** A network whose weights LoRAs can change: a text encoder or a denoiser. */
public interface AdaptableNetwork {
  /** The weights. */
  LiveWeights weights();

  /**
   * Returns the same network, which gets its dictionary from a supplier before each use, such as
   * its weights together with LoRAs.
   */
  AdaptableNetwork reading(Supplier<TensorDict> other);
}
