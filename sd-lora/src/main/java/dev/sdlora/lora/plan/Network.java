package dev.sdlora.lora.plan;

/** The networks that a LoRA can change. */
public enum Network {
  /** The text encoder; for SDXL the first of two, CLIP ViT-L; for FLUX.2 and Z-Image Qwen3. */
  TEXT_ENCODER,
  /** The larger text encoder of SDXL, OpenCLIP's ViT-bigG. */
  TEXT_ENCODER_2,
  /** The denoiser: a U-Net that predicts noise or a transformer that predicts velocities. */
  UNET;

  /**
   * A text encoder by its index in a model.
   *
   * @param index 0 or 1
   */
  public static Network textEncoder(int index) {
    return index == 0 ? TEXT_ENCODER : TEXT_ENCODER_2;
  }
}
