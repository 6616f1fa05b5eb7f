package dev.sdlora.pipeline.canvas;

import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.image.Outpainting;
import dev.sdlora.pipeline.raster.Box;
import dev.sdlora.pipeline.raster.Framing;
import dev.sdlora.pipeline.raster.Raster;
import java.util.Optional;

/**
 * Expresses outpainting as inpainting: a larger image with a mask over the new area and over a
 * strip of the old image, in which old and new blend.
 */
public final class Outpaint {
  /**
   * The strip's width in multiples of the blur, beyond which almost nothing of a Gaussian remains.
   */
  private static final int STRIP = 2;

  private Outpaint() {}

  /**
   * Returns the same request without outpainting.
   *
   * @param size the size of the request; if empty, the right and bottom are extended until the
   *     sides are multiples of a number
   * @param multiple this number
   */
  public static ImageToImage asInpainting(
      ImageToImage settings, Optional<ImageSize> size, int multiple) {
    if (settings.outpainting().isEmpty()) {
      return settings;
    }
    Outpainting more = settings.outpainting().get();
    Raster old = Raster.of(settings.image());
    int width = more.left() + old.width() + more.right();
    int height = more.up() + old.height() + more.down();
    int right = more.right() + (size.isPresent() ? 0 : missing(width, multiple));
    int down = more.down() + (size.isPresent() ? 0 : missing(height, multiple));
    Raster whole =
        Framing.extend(
            old,
            new Box(
                -more.left(),
                -more.up(),
                more.left() + old.width() + right,
                more.up() + old.height() + down));
    int strip = STRIP * more.maskBlur();
    // The preserved part: the old image without the strips.
    int left = more.left() > 0 ? strip : 0;
    int top = more.up() > 0 ? strip : 0;
    int width0 = Math.max(0, old.width() - left - (right > 0 ? strip : 0));
    int height0 = Math.max(0, old.height() - top - (down > 0 ? strip : 0));
    Raster mask = Raster.filled(whole.width(), whole.height(), 3, 255);
    if (width0 > 0 && height0 > 0) {
      mask = mask.with(Raster.filled(width0, height0, 3, 0), more.left() + left, more.up() + top);
    }
    return ImageToImage.builder(whole.toImage())
        .denoisingStrength(settings.denoisingStrength())
        .resizeMode(settings.resizeMode())
        .fixSteps(settings.fixSteps())
        .noiseMultiplier(settings.noiseMultiplier())
        .colorCorrection(settings.colorCorrection())
        .inpainting(
            Inpainting.builder(mask.toImage())
                .maskBlur(more.maskBlur())
                .maskedContent(more.maskedContent())
                .build())
        .build();
  }

  private static int missing(int side, int multiple) {
    return (multiple - side % multiple) % multiple;
  }
}
