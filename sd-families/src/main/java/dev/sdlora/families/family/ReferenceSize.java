package dev.sdlora.families.family;

import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.PixelSize;

/**
 * Sizes at which models read reference images: images of more than 1024 by 1024 pixels are reduced,
 * as in diffusers' FLUX.2 pipelines; then the middle is cut to multiples of 16 pixels.
 */
public final class ReferenceSize {
  private static final int TOKEN = 16;
  private static final double MOST_PIXELS = 1024.0 * 1024;

  private ReferenceSize() {}

  private static double scale(int width, int height) {
    return Math.min(1, Math.sqrt(MOST_PIXELS / ((double) width * height)));
  }

  private static int reduced(int side, double scale) {
    return Math.max(TOKEN, (int) (side * scale));
  }

  /** Returns the size of an image reduced to at most 1024 by 1024 pixels, with its aspect ratio. */
  public static PixelSize reduced(Image image) {
    double scale = scale(image.width(), image.height());
    return scale == 1
        ? new PixelSize(image.width(), image.height())
        : new PixelSize(reduced(image.width(), scale), reduced(image.height(), scale));
  }

  /** Returns the size at which a model reads an image. */
  public static ImageSize of(Image image) {
    double scale = scale(image.width(), image.height());
    return new ImageSize(
        reduced(image.width(), scale) / TOKEN * TOKEN,
        reduced(image.height(), scale) / TOKEN * TOKEN);
  }

  /** Returns the number of tokens of an image, at most 4096. */
  public static int tokens(Image image) {
    ImageSize size = of(image);
    return size.width() / TOKEN * (size.height() / TOKEN);
  }
}
