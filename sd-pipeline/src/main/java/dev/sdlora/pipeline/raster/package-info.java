/**
 * Operations on 8-bit images: resampling, framing, masks, colours. Everything that happens to
 * pixels before they are encoded and after they are decoded. Independent of networks.
 */
@NullMarked
package dev.sdlora.pipeline.raster;

import org.jspecify.annotations.NullMarked;
