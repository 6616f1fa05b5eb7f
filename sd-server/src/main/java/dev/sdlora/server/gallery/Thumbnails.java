package dev.sdlora.server.gallery;

import dev.sdlora.api.Picture;
import dev.sdlora.request.Pictures;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.imageio.ImageIO;

/** Small pictures as JPEG, of which those that were asked for last are kept. Safe for threads. */
final class Thumbnails {
  private static final int SIDE = 256;
  private static final long MAX_BYTES = 32L << 20;
  private static final long MAX_PIXELS = 1L << 26;

  private final Map<Key, byte[]> files = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  /** A file that was written anew is another picture. */
  private record Key(String name, long time) {}

  /** That of a picture, whose file is asked for where there is none yet. */
  byte[] of(Pictured picture, Gallery gallery) {
    Key key = new Key(picture.name(), picture.time().toEpochMilli());
    synchronized (this) {
      byte[] known = files.get(key);
      if (known != null) {
        return known;
      }
    }
    byte[] made = made(gallery.find(picture.name()).orElseThrow(GalleryApi::missing));
    synchronized (this) {
      if (files.put(key, made) == null) {
        bytes += made.length;
      }
      Iterator<byte[]> oldest = files.values().iterator();
      while (bytes > MAX_BYTES) {
        bytes -= oldest.next().length;
        oldest.remove();
      }
    }
    return made;
  }

  private static byte[] made(byte[] file) {
    Picture whole = Pictures.read("picture", file, MAX_PIXELS);
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
