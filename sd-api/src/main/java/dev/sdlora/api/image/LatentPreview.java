package dev.sdlora.api.image;

import dev.sdlora.api.Pipeline;
import java.awt.image.BufferedImage;

/**
 * A cheap preview of an unfinished image: one pixel for each latent position, which is an eighth of
 * the image's width and height, or the full size if the pipeline has a {@linkplain
 * Pipeline.Builder#previewDecoder preview decoder}. Valid only while the event that carries it is
 * handled; the image belongs to the caller.
 */
@FunctionalInterface
public interface LatentPreview {
  /**
   * Computes the preview from the denoised latent.
   *
   * @return a new image that belongs to the caller
   */
  BufferedImage toImage();
}
