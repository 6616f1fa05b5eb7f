package dev.sdlora.api.model;

/**
 * Families of models: the generations of Stable Diffusion and the diffusion transformers. Files of
 * different families cannot be combined.
 */
public enum ModelFamily {
  /** Stable Diffusion 1.x: one CLIP ViT-L text encoder, 512 pixels. */
  SD1("SD 1.x"),
  /** Stable Diffusion 2.x: one OpenCLIP ViT-H text encoder. */
  SD2("SD 2.x"),
  /** Stable Diffusion XL: two text encoders, 1,024 pixels. */
  SDXL("SDXL"),
  /** The second stage of Stable Diffusion XL: one text encoder, for the last noise levels. */
  SDXL_REFINER("SDXL refiner"),
  /** FLUX.2 klein: a rectified flow, one Qwen3 text encoder. */
  FLUX2("FLUX.2 klein"),
  /** Z-Image and Z-Image-Turbo: a rectified flow, one Qwen3 text encoder. */
  Z_IMAGE("Z-Image"),
  /** Something else, or a file that does not show its family. */
  UNKNOWN("unknown");

  private final String label;

  ModelFamily(String label) {
    this.label = label;
  }

  /** {@return the name for display, such as {@code SD 1.x}} */
  public String label() {
    return label;
  }
}
