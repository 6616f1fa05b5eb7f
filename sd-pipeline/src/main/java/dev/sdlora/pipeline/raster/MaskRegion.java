package dev.sdlora.pipeline.raster;

import dev.sdlora.api.image.ImageSize;
import java.util.Optional;

/** Finds the part of an image that is processed when only the masked area is inpainted. */
public final class MaskRegion {
  private MaskRegion() {}

  /**
   * Returns the smallest box around all pixels above 0, with padding.
   *
   * @param mask one channel
   * @param padding pixels added on each side, within the image
   * @return empty if no pixel is masked
   */
  public static Optional<Box> around(Raster mask, int padding) {
    int left = mask.width();
    int top = mask.height();
    int right = -1;
    int bottom = -1;
    for (int y = 0; y < mask.height(); y++) {
      for (int x = 0; x < mask.width(); x++) {
        if (mask.level(y * mask.width() + x) > 0) {
          left = Math.min(left, x);
          right = Math.max(right, x);
          top = Math.min(top, y);
          bottom = y;
        }
      }
    }
    if (right < 0) {
      return Optional.empty();
    }
    int x1 = Math.max(0, left - padding);
    int y1 = Math.max(0, top - padding);
    int x2 = Math.min(mask.width(), right + 1 + padding);
    int y2 = Math.min(mask.height(), bottom + 1 + padding);
    return Optional.of(new Box(x1, y1, x2 - x1, y2 - y1));
  }

  /**
   * Extends the shorter side of a box until it has the aspect ratio of the generated image. The box
   * grows from its centre, is moved back where it would leave the image, and ends at the image's
   * edges if there is not enough room.
   *
   * @param box the box
   * @param drawn the size of the generated image
   * @param image the whole image
   */
  public static Box expand(Box box, ImageSize drawn, Raster image) {
    int width = drawn.width();
    int height = drawn.height();
    if ((long) box.width() * height > (long) box.height() * width) {
      int wanted = (int) ((double) box.width() * height / width);
      int rows = Math.min(image.height(), Math.max(wanted, box.height()));
      int top = start(box.top() - (wanted - box.height()) / 2, rows, image.height());
      return new Box(box.left(), top, box.width(), rows);
    }
    int wanted = (int) ((double) box.height() * width / height);
    int columns = Math.min(image.width(), Math.max(wanted, box.width()));
    int left = start(box.left() - (wanted - box.width()) / 2, columns, image.width());
    return new Box(left, box.top(), columns, box.height());
  }

  private static int start(int wanted, int length, int end) {
    return Math.max(0, Math.min(wanted, end - length));
  }
}
