package dev.sdlora.training;

import dev.sdlora.lora.plan.Network;

/** Which layers of the networks get a LoRA. */
public enum TrainedModules {
  /** The four projections of every attention ({@code to_q}, {@code to_k}, {@code to_v}, out). */
  ATTENTION,
  /**
   * All linear layers of the transformers: attention, the two-layer networks, and the projections
   * into and out of each transformer. What kohya's trainer does by default.
   */
  LINEAR,
  /**
   * Those and all layers of residual blocks, downsamplers and upsamplers of the U-Net, 3×3
   * convolutions included.
   */
  CONVOLUTIONS;

  /** Whether a layer with a weight of two or four dimensions gets a LoRA. */
  boolean include(Network network, String layer) {
    if (network != Network.UNET) {
      return layer.contains(".self_attn.") || (this != ATTENTION && layer.contains(".mlp."));
    }
    return switch (this) {
      case ATTENTION -> layer.contains(".attn1.") || layer.contains(".attn2.");
      case LINEAR -> layer.contains(".attentions.");
      case CONVOLUTIONS ->
          layer.contains(".attentions.")
              || layer.contains(".resnets.")
              || layer.contains(".downsamplers.")
              || layer.contains(".upsamplers.");
    };
  }
}
