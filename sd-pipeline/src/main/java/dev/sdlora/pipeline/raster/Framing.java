package dev.sdlora.pipeline.raster;

import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.ResizeMode;

/** Ways to bring an image to given sides, those of A1111. They resample by Lanczos's filter. */
public final class Framing {
  private Framing() {}

  /** The way of a mode; that of latents stretches where an image is wanted. */
  public static Raster frame(ResizeMode mode, Raster source, ImageSize size) {
    return switch (mode) {
      case JUST_RESIZE, LATENT_UPSCALE -> stretch(source, size.width(), size.height());
      case CROP_AND_RESIZE -> cover(source, size.width(), size.height());
      case RESIZE_AND_FILL -> contain(source, size.width(), size.height());
    };
  }

  /** Both sides by themselves: proportions change. */
  public static Raster stretch(Raster source, int width, int height) {
    return Resampling.LANCZOS.resize(source, width, height);
  }

  /** Large enough to cover the frame; what sticks out is cut off on both sides alike. */
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
   * Small enough to lie inside the frame; the outermost rows or columns are repeated to its edge.
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

  /** Whether the image's proportions are wider than the frame's. */
  private static boolean isWider(Raster source, int width, int height) {
    return (long) source.width() * height > (long) width * source.height();
  }

  private static int scaled(int side, int to, int from) {
    return Math.max(1, (int) ((long) side * to / from));
  }

  /** Lays an image into the middle of a frame; outside it, its outermost pixels are repeated. */
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
   * A part of the plane that an image covers when its outermost pixels are repeated without end.
   *
   * @param box in pixels of the image; may begin before it and end behind it
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
