/**
 * Images that requests start from: how they become a latent and a mask, and what becomes of the
 * image that was painted on them.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>Img2img, masks, outpainting: {@code pipeline.canvas}: from image and mask to what is
 *       encoded, and back; the arithmetic in {@code pipeline.raster}.
 * </ul>
 */
@NullMarked
package dev.sdlora.pipeline.canvas;

import org.jspecify.annotations.NullMarked;
