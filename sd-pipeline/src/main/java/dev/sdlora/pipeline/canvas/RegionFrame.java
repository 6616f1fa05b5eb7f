package dev.sdlora.pipeline.canvas;

import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.pipeline.raster.AreaAverage;
import dev.sdlora.pipeline.raster.Box;
import dev.sdlora.pipeline.raster.GaussianBlur;
import dev.sdlora.pipeline.raster.Raster;
import java.util.function.UnaryOperator;

/**
 * Maps masks over the final image to the image that a pass generates. Immutable.
 *
 * @param width the width of the image that masks are stretched over, in pixels
 * @param height the height of that image
 * @param blurScale the pixels of that image for each pixel of a mask's blur
 * @param cut cuts the pass's mask out of the whole mask
 */
public record RegionFrame(int width, int height, double blurScale, UnaryOperator<Raster> cut) {
  /** Returns the frame of a pass that generates the whole image. */
  public static RegionFrame whole(ImageSize size) {
    return new RegionFrame(size.width(), size.height(), 1, UnaryOperator.identity());
  }

  /**
   * Returns the frame of a second pass over the output of a first pass with this frame.
   *
   * @param enlarged the size to which the first image is scaled
   * @param size the size of its middle, which is regenerated
   * @param factor the pixels of the side of a latent's position; the middle is cropped in such
   *     steps
   */
  public RegionFrame enlarged(ImageSize enlarged, ImageSize size, int factor) {
    Box middle =
        new Box(
            (enlarged.width() - size.width()) / (2 * factor) * factor,
            (enlarged.height() - size.height()) / (2 * factor) * factor,
            size.width(),
            size.height());
    return new RegionFrame(
        enlarged.width(),
        enlarged.height(),
        (double) enlarged.width() / width,
        mask -> mask.crop(middle));
  }

  /** Returns a mask over the generated image, blurred, of the size of the pass; 255 inside. */
  public Raster of(RegionMask mask) {
    Raster grey = Raster.of(mask.image()).grey();
    Raster over = AreaAverage.resize(grey, width, height);
    return cut.apply(GaussianBlur.blur(over, mask.blur() * blurScale));
  }
}
