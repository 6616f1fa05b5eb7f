package dev.sdlora.request;

import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.value.ImageIoReader;
import java.awt.Dimension;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Base64Images as bodies have them: the bytes of files in base64, also as {@code data:} addresses.
 */
public final class Base64Images {
  private Base64Images() {}

  /**
   * The bytes of a text.
   *
   * @throws IllegalArgumentException if it is no base64; other addresses than {@code data:} are
   *     never fetched
   */
  public static byte[] bytes(String name, String text) {
    String encoded =
        text.startsWith("data:") ? text.substring(Math.max(0, text.indexOf(',') + 1)) : text;
    String stripped = encoded.strip();
    if (stripped.isEmpty() || stripped.startsWith("http:") || stripped.startsWith("https:")) {
      throw new IllegalArgumentException(
          "field '%s' must have a picture in base64; addresses are not read".formatted(name));
    }
    try {
      return Base64.getMimeDecoder().decode(stripped);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("field '%s' is no picture in base64".formatted(name), e);
    }
  }

  /**
   * The image in the bytes of a file.
   *
   * @throws ResourceException if its header says that it has more pixels than are taken
   * @throws dev.sdlora.api.error.ImageFileException if it is damaged or of an unknown format
   */
  public static Image read(String name, byte[] file, long maxPixels) {
    requireSize(name, file, maxPixels);
    return decoded(file);
  }

  static Image decoded(byte[] file) {
    return Image.read(new ByteArrayInputStream(file));
  }

  /**
   * Reads the size in the header alone.
   *
   * @return pixels; 0 for a format that is not known
   * @throws ResourceException if there are more than are taken
   */
  public static long requireSize(String name, byte[] file, long maxPixels) {
    Dimension size;
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      size =
          ImageIoReader.ask(in, reader -> new Dimension(reader.getWidth(0), reader.getHeight(0)))
              .orElse(new Dimension());
    } catch (IOException | RuntimeException e) { // The decoders of the JDK let all kinds out.
      throw new IllegalArgumentException(
          "field '%s' has a picture that could not be read: %s".formatted(name, e), e);
    }
    requirePixels(name, size.width, size.height, maxPixels);
    return (long) size.width * size.height;
  }

  /** What kind of image the bytes of a file are, such as {@code image/png}. */
  public static String mediaType(byte[] file) {
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      return ImageIoReader.ask(in, ImageReader::getFormatName)
          .map(format -> "image/" + format.toLowerCase(Locale.ROOT))
          .orElse("application/octet-stream");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Refuses what has too many pixels.
   *
   * @throws ResourceException if it has
   */
  public static void requirePixels(String name, double width, double height, long maxPixels) {
    if (!(width * height <= maxPixels)) {
      throw new ResourceException(
          ResourceException.Resource.PIXELS,
          "'%s' has %sx%s pixels; at most %s are taken here"
              .formatted(name, (long) width, (long) height, maxPixels),
          (long) (width * height),
          maxPixels);
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
