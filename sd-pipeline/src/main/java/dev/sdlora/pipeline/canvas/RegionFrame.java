package dev.sdlora.pipeline.canvas;

import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.pipeline.raster.AreaAverage;
import dev.sdlora.pipeline.raster.Box;
import dev.sdlora.pipeline.raster.GaussianBlur;
import dev.sdlora.pipeline.raster.Raster;
import java.util.function.UnaryOperator;

/**
 * How masks over the image that comes out lie over what a pass draws. Immutable.
 *
 * @param width of the image that masks are stretched over, in pixels
 * @param height of that image
 * @param blurScale pixels of it for one pixel of a mask's blur
 * @param cut makes the mask of what is drawn from that of the whole
 */
public record RegionFrame(int width, int height, double blurScale, UnaryOperator<Raster> cut) {
  /** The frame of a pass that draws all of the image. */
  public static RegionFrame whole(ImageSize size) {
    return new RegionFrame(size.width(), size.height(), 1, UnaryOperator.identity());
  }

  /**
   * The frame of a second pass over what a first one with this frame drew.
   *
   * @param enlarged what the first image becomes
   * @param size its middle, which is drawn
   */
  public RegionFrame enlarged(ImageSize enlarged, ImageSize size) {
    // As latents are cut, in steps of 8 pixels.
    Box middle =
        new Box(
            (enlarged.width() - size.width()) / 16 * 8,
            (enlarged.height() - size.height()) / 16 * 8,
            size.width(),
            size.height());
    return new RegionFrame(
        enlarged.width(),
        enlarged.height(),
        (double) enlarged.width() / width,
        mask -> mask.crop(middle));
  }

  /** A mask over what is drawn, softened, of the size of the pass; 255 inside. */
  public Raster of(RegionMask mask) {
    Raster grey = Raster.of(mask.image()).grey();
    Raster over = AreaAverage.resize(grey, width, height);
    return cut.apply(GaussianBlur.blur(over, mask.blur() * blurScale));
  }
}
