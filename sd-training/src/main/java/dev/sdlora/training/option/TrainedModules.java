package dev.sdlora.training.option;

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
  CONVOLUTIONS
}
