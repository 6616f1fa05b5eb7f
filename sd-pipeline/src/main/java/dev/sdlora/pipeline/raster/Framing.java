package dev.sdlora.pipeline.raster;

import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.ResizeMode;

/** Fits images to a size in A1111's ways, resampling with Lanczos's filter. */
public final class Framing {
  private Framing() {}

  /** Fits an image by a resize mode; the latent mode stretches it. */
  public static Raster frame(ResizeMode mode, Raster source, ImageSize size) {
    return switch (mode) {
      case JUST_RESIZE, LATENT_UPSCALE -> stretch(source, size.width(), size.height());
      case CROP_AND_RESIZE -> cover(source, size.width(), size.height());
      case RESIZE_AND_FILL -> contain(source, size.width(), size.height());
    };
  }

  /** Scales both sides independently; the aspect ratio may change. */
  public static Raster stretch(Raster source, int width, int height) {
    return Resampling.LANCZOS.resize(source, width, height);
  }

  /** Scales the image to cover the frame and crops it equally on both sides. */
  public static Raster cover(Raster source, int width, int height) {
    boolean wider = isWider(source, width, height);
    return centred(
        stretch(
            source,
            wider ? scaled(source.width(), height, source.height()) : width,
            wider ? height : scaled(source.height(), width, source.width())),
        width,
        height);
  }

  /**
   * Scales the image to fit into the frame; the outermost rows or columns are repeated to its edge.
   */
  public static Raster contain(Raster source, int width, int height) {
    boolean wider = isWider(source, width, height);
    return centred(
        stretch(
            source,
            wider ? width : scaled(source.width(), height, source.height()),
            wider ? scaled(source.height(), width, source.width()) : height),
        width,
        height);
  }

  /** Whether the image's aspect ratio is wider than the frame's. */
  private static boolean isWider(Raster source, int width, int height) {
    return (long) source.width() * height > (long) width * source.height();
  }

  private static int scaled(int side, int to, int from) {
    return Math.max(1, (int) ((long) side * to / from));
  }

  /** Centres an image in a frame; its outermost pixels are repeated around it. */
  private static Raster centred(Raster source, int width, int height) {
    if (source.width() == width && source.height() == height) {
      return source;
    }
    // Both halves are rounded down, as in A1111.
    int left = width / 2 - source.width() / 2;
    int top = height / 2 - source.height() / 2;
    return extend(source, new Box(-left, -top, width, height));
  }

  /**
   * Returns a part of the plane that results when the image's outermost pixels are repeated
   * endlessly.
   *
   * @param source the image
   * @param box in pixels of the image; may extend beyond it
   */
  public static Raster extend(Raster source, Box box) {
    int channels = source.channels();
    byte[] result = new byte[box.width() * box.height() * channels];
    for (int y = 0; y < box.height(); y++) {
      int fromY = Math.max(0, Math.min(source.height() - 1, box.top() + y));
      for (int x = 0; x < box.width(); x++) {
        int fromX = Math.max(0, Math.min(source.width() - 1, box.left() + x));
        System.arraycopy(
            source.samples(),
            (fromY * source.width() + fromX) * channels,
            result,
            (y * box.width() + x) * channels,
            channels);
      }
    }
    return new Raster(box.width(), box.height(), channels, result);
  }
}
