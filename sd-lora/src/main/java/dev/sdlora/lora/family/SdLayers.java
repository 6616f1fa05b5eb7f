package dev.sdlora.lora.family;

import dev.sdlora.api.model.ModelFamily;

/** The families of Stable Diffusion whose denoiser is a U-Net. */
enum SdLayers implements LayerTable {
  /** SDXL's refiner, before SDXL, whose words it contains. */
  REFINER(
      ModelFamily.SDXL_REFINER,
      "xl-v1-refiner|xl_refiner",
      "sdxl_refiner_v1-0",
      "stable-diffusion-xl-v1-refiner"),
  /** SDXL. */
  SDXL(
      ModelFamily.SDXL, "sdxl|sd_xl|diffusion-xl", "sdxl_base_v1-0", "stable-diffusion-xl-v1-base"),
  /** SD 2.x. */
  SD2(ModelFamily.SD2, "sd_v2|sd_2|diffusion-v2", "sd_v2", "stable-diffusion-v2-512"),
  /** SD 1.x. */
  SD1(ModelFamily.SD1, "sd_v1|sd_1|diffusion-v1", "sd_v1", "stable-diffusion-v1");

  private final ModelFamily family;
  private final String words;
  private final String baseVersion;
  private final String architecture;

  SdLayers(ModelFamily family, String words, String baseVersion, String architecture) {
    this.family = family;
    this.words = words;
    this.baseVersion = baseVersion;
    this.architecture = architecture;
  }

  @Override
  public ModelFamily family() {
    return family;
  }

  @Override
  public String words() {
    return words;
  }

  @Override
  public String baseVersion(boolean velocity) {
    return velocity && (this == SD1 || this == SD2) ? baseVersion + "_v" : baseVersion;
  }

  @Override
  public String architecture(boolean velocity) {
    return velocity && this == SD2 ? "stable-diffusion-v2-768-v" : architecture;
  }

  @Override
  public String implementation() {
    return "https://github.com/Stability-AI/generative-models";
  }

  @Override
  public boolean isV2() {
    return this == SD2;
  }

  @Override
  public boolean hasSgmNames() {
    return this == SDXL;
  }
}
