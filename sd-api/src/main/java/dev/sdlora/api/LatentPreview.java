package dev.sdlora.api;

import java.awt.image.BufferedImage;

/**
 * A small, cheap look at an unfinished picture: one pixel for each latent position, an eighth of
 * the picture's width and height. Valid for the duration of the event that carries it; the image is
 * the caller's to keep.
 */
@FunctionalInterface
public interface LatentPreview {
  /** Computes the preview from the denoised latent with a fixed linear map of its channels. */
  BufferedImage toImage();
}
