package dev.sdlora.lora.plan;

/** The networks that a LoRA can change. */
public enum Network {
  /** The text encoder; for SDXL the first of two, CLIP ViT-L; for FLUX.2 and Z-Image Qwen3. */
  TEXT_ENCODER,
  /** The second text encoder: for SDXL and SD 3.x OpenCLIP's ViT-bigG, for FLUX.1 T5-XXL. */
  TEXT_ENCODER_2,
  /** The third text encoder of SD 3.x, T5-XXL. */
  TEXT_ENCODER_3,
  /** The denoiser: a U-Net that predicts noise or a transformer that predicts velocities. */
  UNET;

  /**
   * A text encoder by its index in a model.
   *
   * @param index 0 to 2
   */
  public static Network textEncoder(int index) {
    return switch (index) {
      case 0 -> TEXT_ENCODER;
      case 1 -> TEXT_ENCODER_2;
      case 2 -> TEXT_ENCODER_3;
      default -> throw new IllegalArgumentException("text encoder " + index + ", expected 0 to 2");
    };
  }
}
