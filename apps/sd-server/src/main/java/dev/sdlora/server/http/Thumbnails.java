package dev.sdlora.server.http;

import dev.sdlora.api.image.Image;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Supplier;
import javax.imageio.ImageIO;

/**
 * Small JPEG versions of images; the most recently used are cached. Safe for use by several
 * threads.
 */
public final class Thumbnails {
  private static final int SIDE = 256;
  private static final long MAX_BYTES = 16L << 20;

  private final RecentFiles files = new RecentFiles(Integer.MAX_VALUE, MAX_BYTES);

  /**
   * Returns the thumbnail of an image.
   *
   * @param key identifies the image and its version
   * @param image loads the image if the thumbnail is not cached
   * @return a JPEG of at most 256 pixels a side
   */
  public byte[] of(String key, Supplier<Image> image) {
    return files.made(key, () -> made(image.get()));
  }

  private static byte[] made(Image whole) {
    double scale = Math.min(1, (double) SIDE / Math.max(whole.width(), whole.height()));
    int width = Math.max(1, (int) Math.round(whole.width() * scale));
    int height = Math.max(1, (int) Math.round(whole.height() * scale));
    BufferedImage small = whole.resized(width, height).toBufferedImage();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(small, "jpeg", out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
