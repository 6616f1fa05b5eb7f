package dev.sdlora.training;

import dev.sdlora.lora.plan.Network;
import dev.sdlora.training.step.FlowLayers;

/** The layers of the networks that get a LoRA. */
public enum TrainedModules {
  /**
   * The four projections of every attention ({@code to_q}, {@code to_k}, {@code to_v}, out). In
   * single blocks of FLUX.2, which have one layer for attention and feed-forward, all layers.
   */
  ATTENTION,
  /**
   * All linear layers of the transformers: attention, feed-forward layers, and the projections into
   * and out of each transformer. The default of kohya's trainer. Of FLUX.1, FLUX.2 and Z-Image, all
   * linear layers in the blocks that image and text pass, which ai-toolkit trains.
   */
  LINEAR,
  /**
   * The linear layers and all layers of residual blocks, downsamplers and upsamplers of the U-Net,
   * including 3×3 convolutions. The same as {@link #LINEAR} for models without a U-Net.
   */
  CONVOLUTIONS;

  /** Whether a layer gets a LoRA, given that its weight has two or four dimensions. */
  boolean include(Network network, String layer) {
    if (network != Network.UNET) {
      return layer.contains(".self_attn.") || (this != ATTENTION && layer.contains(".mlp."));
    }
    if (FlowLayers.isInBlock(layer)) {
      return this != ATTENTION || FlowLayers.isInAttention(layer);
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
