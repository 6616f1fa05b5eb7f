package dev.sdlora.families.network.upscaler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;

/** A network that enlarges images, in float32. */
public sealed interface UpscalerNet permits RrdbNet, SrvggNet {
  /** Creates the network for a configuration; the weights are not closed with it. */
  static UpscalerNet of(Torch torch, UpscalerConfig config, LiveWeights weights) {
    return config instanceof RrdbConfig rrdb
        ? new RrdbNet(torch, rrdb, weights)
        : new SrvggNet(torch, (SrvggConfig) config, weights);
  }

  /**
   * Enlarges images.
   *
   * @param pixels float32 [batch, 3, h, w], 0 to 1; any size
   * @param scope the manager that will own the result
   * @return float32 [batch, 3, factor · h, factor · w], about 0 to 1
   */
  NDArray enlarge(NDArray pixels, NDManager scope);
}
