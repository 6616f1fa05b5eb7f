package dev.sdlora.api.image;

/**
 * Whether the VAE works through images in strips, which takes about half of the memory for large
 * ones. The strips of each layer share what the whole image decides, so there are no seams: results
 * differ from those of whole images by less than a hundredth of a grey level.
 */
public enum VaeTiling {
  /**
   * Where that costs no time: for images of all sizes on processors whose layouts the weights can
   * take, else for those of more than 768 × 768 pixels. The default.
   */
  AUTO,
  /** Always. */
  ON,
  /** Never. */
  OFF
}
