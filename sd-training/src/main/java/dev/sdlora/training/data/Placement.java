package dev.sdlora.training.data;

import dev.sdlora.api.image.ImageSize;

/**
 * The scaling of an image towards its training size, and the cropping of the rest, equally on both
 * sides.
 *
 * @param size the training size
 * @param scaledWidth the width of the scaled image, at least that of the training size
 * @param scaledHeight the height of the scaled image, at least that of the training size
 */
public record Placement(ImageSize size, int scaledWidth, int scaledHeight) {
  /** Scales an image until it covers a size, keeping its aspect ratio. */
  public static Placement covering(int width, int height, ImageSize size) {
    double scale = Math.max((double) size.width() / width, (double) size.height() / height);
    return new Placement(size, (int) Math.round(width * scale), (int) Math.round(height * scale));
  }

  /** The number of columns cropped on the left. */
  int left() {
    return (scaledWidth - size.width()) / 2;
  }

  /** The number of rows cropped at the top. */
  int top() {
    return (scaledHeight - size.height()) / 2;
  }
}
