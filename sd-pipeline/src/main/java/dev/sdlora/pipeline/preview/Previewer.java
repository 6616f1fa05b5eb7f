package dev.sdlora.pipeline.preview;

import java.awt.image.BufferedImage;

/** Converts latents to approximate images. Thread-safe. */
@FunctionalInterface
public interface Previewer {
  /**
   * Returns an image of a latent.
   *
   * @param latent [4][height][width] at unit variance
   * @param height the height of the latent
   * @param width the width of the latent
   */
  BufferedImage image(float[] latent, int height, int width);
}
