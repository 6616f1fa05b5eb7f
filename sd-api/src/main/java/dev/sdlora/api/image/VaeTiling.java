package dev.sdlora.api.image;

/**
 * Whether the VAE processes images in strips, which about halves the memory for large images. The
 * strips of each layer share the statistics of the whole image, so there are no seams: results
 * differ from those without strips by less than a hundredth of a grey level.
 */
public enum VaeTiling {
  /**
   * Uses strips where they cost no time: for images of all sizes on processors whose memory layouts
   * the weights can take, otherwise for images of more than 768 × 768 pixels. The default.
   */
  AUTO,
  /** Always uses strips. */
  ON,
  /** Never uses strips. */
  OFF
}
