package dev.sdlora.api.image;

import dev.sdlora.api.Pipeline;
import java.awt.image.BufferedImage;

/**
 * A cheap look at an unfinished image: one pixel for each latent position, an eighth of the image's
 * width and height; or the whole image, when the pipeline has a {@linkplain
 * Pipeline.Builder#previewDecoder preview decoder}. Valid for the duration of the event that
 * carries it; the image is the caller's to keep.
 */
@FunctionalInterface
public interface LatentPreview {
  /**
   * Computes the preview from the denoised latent.
   *
   * @return a new image, which is the caller's to keep
   */
  BufferedImage toImage();
}
