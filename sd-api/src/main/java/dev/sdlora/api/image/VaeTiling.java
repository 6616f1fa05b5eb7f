package dev.sdlora.api.image;

/**
 * Whether the VAE works through pictures in strips, which takes about half of the memory for large
 * ones. The strips of each layer share what the whole picture decides, so there are no seams:
 * results differ from those of whole pictures by less than a hundredth of a grey level.
 */
public enum VaeTiling {
  /**
   * Where that costs no time: for pictures of all sizes on processors whose layouts the weights can
   * take, else for those of more than 768 × 768 pixels. The default.
   */
  AUTO,
  /** Always. */
  ON,
  /** Never. */
  OFF
}
