package dev.sdlora.server.http;

import dev.sdlora.api.Picture;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Pictures as bodies have them: the bytes of files in base64, also as {@code data:} addresses. */
public final class Pictures {
  private Pictures() {}

  /**
   * The bytes of a text.
   *
   * @throws Refusal if it is no base64; other addresses than {@code data:} are never fetched
   */
  public static byte[] bytes(String name, String text) {
    String encoded =
        text.startsWith("data:") ? text.substring(Math.max(0, text.indexOf(',') + 1)) : text;
    try {
      return Base64.getMimeDecoder().decode(checked(name, encoded.strip()));
    } catch (IllegalArgumentException e) {
      throw new Refusal(422, "field '%s' is no picture in base64".formatted(name));
    }
  }

  private static String checked(String name, String encoded) {
    if (encoded.isEmpty() || encoded.startsWith("http:") || encoded.startsWith("https:")) {
      throw new Refusal(
          422, "field '%s' must have a picture in base64; addresses are not read".formatted(name));
    }
    return encoded;
  }

  /**
   * The picture in the bytes of a file.
   *
   * @throws Refusal if its header says that it has more pixels than are taken
   * @throws dev.sdlora.api.ImageFileException if it is damaged or of an unknown format
   */
  public static Picture read(String name, byte[] file, long maxPixels) {
    requireSize(name, file, maxPixels);
    return Picture.read(new ByteArrayInputStream(file));
  }

  /** Looks at the header alone. */
  public static void requireSize(String name, byte[] file, long maxPixels) {
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (readers.hasNext()) {
        ImageReader reader = readers.next();
        try {
          reader.setInput(in, true, true);
          requirePixels(name, reader.getWidth(0), reader.getHeight(0), maxPixels);
        } finally {
          reader.dispose();
        }
      }
    } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new Refusal(
          422, "field '%s' has a picture that could not be read: %s".formatted(name, e));
    }
  }

  /** What kind of picture the bytes of a file are, such as {@code image/png}. */
  public static String mediaType(byte[] file) {
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      return readers.hasNext()
          ? "image/" + readers.next().getFormatName().toLowerCase(Locale.ROOT)
          : "application/octet-stream";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Refuses what has too many pixels. */
  public static void requirePixels(String name, double width, double height, long maxPixels) {
    if (!(width * height <= maxPixels)) {
      throw new Refusal(
          413,
          "'%s' has %sx%s pixels; this server takes at most %s"
              .formatted(name, (long) width, (long) height, maxPixels));
    }
  }

  /** A PNG without settings. */
  public static byte[] png(BufferedImage image) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** Bytes as text. */
  public static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
