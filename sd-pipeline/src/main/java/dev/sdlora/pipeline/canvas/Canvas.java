package dev.sdlora.pipeline.canvas;

import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.image.MaskedContent;
import dev.sdlora.api.image.ResizeMode;
import dev.sdlora.pipeline.raster.Box;
import dev.sdlora.pipeline.raster.ColourCorrection;
import dev.sdlora.pipeline.raster.Framing;
import dev.sdlora.pipeline.raster.GaussianBlur;
import dev.sdlora.pipeline.raster.MaskFill;
import dev.sdlora.pipeline.raster.MaskRegion;
import dev.sdlora.pipeline.raster.Raster;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The image and mask of an image-to-image request, brought to the request's size as A1111's img2img
 * does, and the way back: combines the generated image with the preserved parts. Immutable.
 */
public final class Canvas {
  private final Raster image;
  private final Optional<Raster> mask;
  private final RegionFrame regions;
  private final UnaryOperator<Raster> finish;

  private Canvas(
      Raster image, Optional<Raster> mask, RegionFrame regions, UnaryOperator<Raster> finish) {
    this.image = image;
    this.mask = mask;
    this.regions = regions;
    this.finish = finish;
  }

  /**
   * Creates a canvas for images of one size.
   *
   * @param settings without outpainting; see {@link Outpaint}
   * @param multiple the number that sides of images must be multiples of
   */
  public static Canvas of(ImageToImage settings, ImageSize size, int multiple) {
    Canvas canvas =
        settings
            .inpainting()
            .map(part -> masked(settings, part, size))
            .orElseGet(() -> whole(settings, size, multiple));
    return settings.colorCorrection() ? canvas.corrected() : canvas;
  }

  /**
   * Returns the size of a request that does not set one: the image's size rounded down to multiples
   * of a number.
   */
  public static ImageSize defaultSize(ImageToImage settings, ImageSize ofModel, int multiple) {
    if (settings.inpainting().map(Inpainting::onlyMasked).orElse(false)) {
      return ofModel;
    }
    return floor(settings.image().width(), settings.image().height(), multiple);
  }

  /** Rounds a size down to multiples of a number, at least one of it. */
  public static ImageSize floor(int width, int height, int multiple) {
    return new ImageSize(
        Math.max(multiple, width / multiple * multiple),
        Math.max(multiple, height / multiple * multiple));
  }

  private static Canvas whole(ImageToImage settings, ImageSize size, int multiple) {
    Raster source = Raster.of(settings.image());
    if (settings.resizeMode() == ResizeMode.LATENT_UPSCALE) {
      ImageSize own = floor(source.width(), source.height(), multiple);
      return new Canvas(
          Framing.stretch(source, own.width(), own.height()),
          Optional.empty(),
          RegionFrame.whole(size),
          UnaryOperator.identity());
    }
    return new Canvas(
        Framing.frame(settings.resizeMode(), source, size),
        Optional.empty(),
        RegionFrame.whole(size),
        UnaryOperator.identity());
  }

  private static Canvas masked(ImageToImage settings, Inpainting part, ImageSize size) {
    Raster source = Raster.of(settings.image());
    Raster given = Raster.of(part.mask()).grey();
    Raster mask = GaussianBlur.blur(part.inverted() ? given.inverted() : given, part.maskBlur());
    // A mask without a masked pixel has no surroundings, so the whole image is used.
    Optional<Box> region =
        part.onlyMasked() ? MaskRegion.around(mask, part.padding()) : Optional.empty();
    Canvas canvas =
        region
            .map(box -> cutOut(source, mask, MaskRegion.expand(box, size, mask), size))
            .orElseGet(() -> framed(settings.resizeMode(), source, mask, size));
    return part.maskedContent() == MaskedContent.ORIGINAL ? canvas : canvas.filled();
  }

  /**
   * Creates a canvas of the whole image. The mask is amplified when images are combined, so that
   * its middle is entirely new.
   */
  private static Canvas framed(ResizeMode mode, Raster source, Raster mask, ImageSize size) {
    Raster image = Framing.frame(mode, source, size);
    Raster framed = Framing.frame(mode, mask, size);
    Raster strong = framed.amplified(2);
    return new Canvas(
        image, Optional.of(framed), RegionFrame.whole(size), drawn -> image.blend(drawn, strong));
  }

  /** Creates a canvas of a part of the image, scaled to the request's size. */
  private static Canvas cutOut(Raster source, Raster mask, Box box, ImageSize size) {
    return new Canvas(
        Framing.contain(source.crop(box), size.width(), size.height()),
        Optional.of(Framing.contain(mask.crop(box), size.width(), size.height())),
        new RegionFrame(
            source.width(),
            source.height(),
            (double) box.width() / size.width(),
            region -> Framing.contain(region.crop(box), size.width(), size.height())),
        drawn -> {
          Raster part = Framing.cover(drawn, box.width(), box.height());
          return source.blend(source.with(part, box.left(), box.top()), mask);
        });
  }

  private Canvas filled() {
    return new Canvas(MaskFill.fill(image, mask.orElseThrow()), mask, regions, finish);
  }

  private Canvas corrected() {
    return new Canvas(
        image, mask, regions, drawn -> finish.apply(ColourCorrection.match(drawn, image)));
  }

  /**
   * Returns the image to encode. Its size differs from the request's only if the latent will be
   * resized.
   */
  public Raster image() {
    return image;
  }

  /**
   * Returns the mask, of the size of the image, 255 where it is repainted; empty to repaint
   * everything.
   */
  public Optional<Raster> mask() {
    return mask;
  }

  /** Returns how masks over the final image map to the generated image. */
  public RegionFrame regions() {
    return regions;
  }

  /**
   * Returns the final image.
   *
   * @param drawn the generated image, of the request's size
   * @return the image; of the original's size if only the surroundings of the mask were repainted
   */
  public Raster finish(Raster drawn) {
    return finish.apply(drawn);
  }
}
