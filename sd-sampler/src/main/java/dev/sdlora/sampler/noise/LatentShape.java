package dev.sdlora.sampler.noise;

/**
 * The layout of a latent in memory, {@code [channels][height][width]}.
 *
 * @param channels 4 for Stable Diffusion
 * @param height an eighth of the image's height
 * @param width an eighth of the image's width
 */
public record LatentShape(int channels, int height, int width) {
  /**
   * Checks that no dimension is empty and an array can contain all elements.
   *
   * @throws IllegalArgumentException if a dimension is empty, or the latent is too large for an
   *     array
   */
  public LatentShape {
    if (channels < 1 || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "a latent must have channels, height and width: %s, %s, %s"
              .formatted(channels, height, width));
    }
    if ((double) channels * height * width > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "a latent of %s × %s × %s elements is too large".formatted(channels, height, width));
    }
  }

  /** Returns the number of elements of a latent. */
  public int size() {
    return channels * height * width;
  }

  int index(int channel, int row, int column) {
    return (channel * height + row) * width + column;
  }
}
