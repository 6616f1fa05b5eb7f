package dev.sdlora.api.model;

/** The networks of a model. A LoRA can change all but the {@link #VAE}. */
public enum ModelPart {
  /** The text encoder; for SDXL the first one, CLIP ViT-L; for FLUX.2 klein and Z-Image Qwen3. */
  TEXT_ENCODER("text encoder"),
  /** The second text encoder; for SDXL and SD 3.x OpenCLIP ViT-bigG. */
  TEXT_ENCODER_2("text encoder 2"),
  /** The third text encoder of SD 3.x, T5-XXL. */
  TEXT_ENCODER_3("text encoder 3"),
  /** The denoiser: the U-Net, or the transformer of FLUX.2 klein and Z-Image. */
  UNET("U-Net"),
  /** The autoencoder between latents and images. */
  VAE("VAE"),
  /** Something else, or a module whose name does not show it. */
  OTHER("other");

  private final String label;

  ModelPart(String label) {
    this.label = label;
  }

  /** {@return the name for display, such as {@code U-Net}} */
  public String label() {
    return label;
  }
}
