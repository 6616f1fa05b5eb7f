package dev.sdlora.api.model;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

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
  /** FLUX.1 dev, schnell and their relatives: rectified flows, CLIP ViT-L and T5-XXL. */
  FLUX1("FLUX.1"),
  /** Chroma: a rectified flow with the blocks of FLUX.1, one T5-XXL text encoder. */
  CHROMA("Chroma"),
  /**
   * Stable Diffusion 3 and 3.5: rectified flows, CLIP ViT-L, OpenCLIP ViT-bigG and, if there is
   * one, T5-XXL.
   */
  SD3("SD 3.x"),
  /** Something else, or a file that does not show its family. */
  UNKNOWN("unknown");

  private static final Set<ModelFamily> TRANSFORMERS =
      Collections.unmodifiableSet(EnumSet.of(FLUX2, Z_IMAGE, FLUX1, CHROMA, SD3));

  private static final List<ModelFamily> SUPPORTED =
      Arrays.stream(values())
          .filter(family -> family != SDXL_REFINER && family != UNKNOWN)
          .toList();

  private final String label;

  ModelFamily(String label) {
    this.label = label;
  }

  /** {@return the families whose models draw images on their own, in the order of this list} */
  public static List<ModelFamily> supported() {
    return SUPPORTED;
  }

  /** {@return whether its denoiser is a transformer that predicts a flow, not a U-Net} */
  public boolean isTransformer() {
    return TRANSFORMERS.contains(this);
  }

  /** {@return the name for display, such as {@code SD 1.x}} */
  public String label() {
    return label;
  }
}
