package dev.sdlora.lora.plan;

/** The networks that a LoRA can change. */
public enum Network {
  /** CLIP's text transformer. */
  TEXT_ENCODER,
  /** The noise predictor. */
  UNET
}
