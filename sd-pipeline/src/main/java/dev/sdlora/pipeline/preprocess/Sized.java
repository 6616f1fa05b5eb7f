package dev.sdlora.pipeline.preprocess;

import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.error.ResourceException.Resource;
import dev.sdlora.api.value.Bytes;
import dev.sdlora.pipeline.raster.Box;
import dev.sdlora.pipeline.raster.Framing;
import dev.sdlora.pipeline.raster.Raster;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/**
 * An image that is processed at a resolution.
 *
 * @param preprocessor its name, for errors
 * @param source the image
 * @param resolution the shorter side of the processed image; empty for the image's own size
 */
record Sized(String preprocessor, Raster source, OptionalInt resolution) {
  /** A1111 extends sides to multiples of this. */
  private static final int PADDING = 64;

  /** The largest control image: as large as an image file may be. */
  private static final long MOST_PIXELS = 1L << 26;

  /** The largest image that networks read, whose inner tensors have many numbers for each pixel. */
  private static final long MOST_NETWORK_PIXELS = 1L << 23;

  /** Heap bytes for each pixel, at most. */
  private static final long BYTES_OF_PIXEL = 32;

  /** Returns the image at the resolution. */
  Raster resized() {
    return resized(MOST_PIXELS);
  }

  /**
   * Returns the image at the resolution, resized as for the color adapter: by area, whether it is
   * reduced or enlarged.
   */
  Raster averaged() {
    if (resolution.isEmpty()) {
      return resized();
    }
    int shorter = resolution.getAsInt();
    boolean isWide = source.height() < source.width();
    double ratio =
        isWide
            ? (double) source.width() / source.height()
            : (double) source.height() / source.width();
    double longer = Math.rint(ratio * shorter);
    requireRoom(longer, shorter, MOST_PIXELS);
    return isWide
        ? CvResize.area(source, (int) longer, shorter)
        : CvResize.area(source, shorter, (int) longer);
  }

  private Raster resized(long most) {
    if (resolution.isEmpty()) {
      requireRoom(source.width(), source.height(), most);
      return source;
    }
    double scale = (double) resolution.getAsInt() / Math.min(source.width(), source.height());
    double width = Math.max(1, Math.rint(source.width() * scale));
    double height = Math.max(1, Math.rint(source.height() * scale));
    requireRoom(width, height, most);
    return scale > 1
        ? CvResize.cubic(source, (int) width, (int) height)
        : CvResize.area(source, (int) width, (int) height);
  }

  /**
   * Filters the image at the resolution. As in A1111, an image with a resolution is extended while
   * it is filtered by repeating its last column and row, to multiples of 64.
   */
  Raster through(UnaryOperator<Raster> filter) {
    Raster resized = resized();
    if (resolution.isEmpty()) {
      return filter.apply(resized);
    }
    return extended(resized, filter);
  }

  /** Runs a network on the image at the resolution, always extended to multiples of 64. */
  Raster throughNetwork(UnaryOperator<Raster> network) {
    return extended(resized(MOST_NETWORK_PIXELS), network);
  }

  private static Raster extended(Raster resized, UnaryOperator<Raster> filter) {
    int width = resized.width();
    int height = resized.height();
    Raster extended = Framing.extend(resized, new Box(0, 0, padded(width), padded(height)));
    return filter.apply(extended).crop(new Box(0, 0, width, height));
  }

  private static int padded(int side) {
    return (side + PADDING - 1) / PADDING * PADDING;
  }

  private void requireRoom(double width, double height, long most) {
    double pixels = width * height;
    double bytes = BYTES_OF_PIXEL * pixels;
    double heap = Runtime.getRuntime().maxMemory();
    if (pixels > most || bytes > heap) {
      boolean large = pixels > most;
      throw new ResourceException(
          large ? Resource.PIXELS : Resource.MEMORY,
          "preprocessor '%s' would make a control image of %sx%s pixels, but the limit is %s; crop or reduce the image"
              .formatted(
                  preprocessor,
                  (long) width,
                  (long) height,
                  large ? most + " pixels" : Bytes.text(heap) + " of Java heap"),
          (long) (large ? pixels : bytes),
          large ? most : (long) heap);
    }
  }
}
