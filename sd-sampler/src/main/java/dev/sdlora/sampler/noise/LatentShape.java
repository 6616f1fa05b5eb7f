package dev.sdlora.sampler.noise;

/**
 * The layout of a latent in memory, {@code [channels][height][width]}.
 *
 * @param channels 4 for Stable Diffusion
 * @param height an eighth of the image's
 * @param width an eighth of the image's
 */
public record LatentShape(int channels, int height, int width) {
  /**
   * Checks that no side is empty and an array can hold all.
   *
   * @throws IllegalArgumentException if one is, or none can
   */
  public LatentShape {
    if (channels < 1 || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "a latent must have channels, height and width: %s, %s, %s"
              .formatted(channels, height, width));
    }
    if ((double) channels * height * width > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "a latent of %s × %s × %s numbers is too large".formatted(channels, height, width));
    }
  }

  /** How many numbers a latent has. */
  public int size() {
    return channels * height * width;
  }

  int index(int channel, int row, int column) {
    return (channel * height + row) * width + column;
  }
}
