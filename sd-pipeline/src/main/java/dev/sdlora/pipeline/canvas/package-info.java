/**
 * Input images of requests: turns them into a latent and a mask, and combines them with the
 * generated image.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Img2img, masks, outpainting: {@code pipeline.canvas}: from image and mask to the encoded
 *       image, and back; the arithmetic in {@code pipeline.raster}.
 * </ul>
 */
@NullMarked
package dev.sdlora.pipeline.canvas;

import org.jspecify.annotations.NullMarked;
