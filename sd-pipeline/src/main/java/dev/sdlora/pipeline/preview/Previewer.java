package dev.sdlora.pipeline.preview;

import java.awt.image.BufferedImage;

/** Turns latents into images that need not be exact. Safe for use by several threads. */
@FunctionalInterface
public interface Previewer {
  /**
   * An image of a latent.
   *
   * @param latent [4][height][width] at unit variance
   */
  BufferedImage image(float[] latent, int height, int width);
}
