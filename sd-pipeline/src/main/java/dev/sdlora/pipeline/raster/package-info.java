/**
 * Arithmetic on images of bytes: resampling, framing, masks, colours. Everything that happens to
 * pixels before they are encoded and after they are decoded. Knows no network.
 */
@NullMarked
package dev.sdlora.pipeline.raster;

import org.jspecify.annotations.NullMarked;
