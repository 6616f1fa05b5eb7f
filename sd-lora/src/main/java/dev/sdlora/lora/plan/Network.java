package dev.sdlora.lora.plan;

/** The networks that a LoRA can change. */
public enum Network {
  /** CLIP's text transformer; of SDXL's two the smaller one. */
  TEXT_ENCODER,
  /** The larger text transformer of SDXL, OpenCLIP's ViT-bigG. */
  TEXT_ENCODER_2,
  /** The noise predictor. */
  UNET
}
