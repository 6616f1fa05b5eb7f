package dev.sdlora.request.image;

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

/** Base64-encoded images in request bodies, also as {@code data:} URLs. */
public final class Base64Images {
  private Base64Images() {}

  /**
   * Decodes a base64 text or a {@code data:} URL.
   *
   * @throws IllegalArgumentException if the text is not base64; other URLs are never fetched
   */
  public static byte[] bytes(String name, String text) {
    String encoded =
        text.startsWith("data:") ? text.substring(Math.max(0, text.indexOf(',') + 1)) : text;
    String stripped = encoded.strip();
    if (stripped.isEmpty() || stripped.startsWith("http:") || stripped.startsWith("https:")) {
      throw new IllegalArgumentException(
          "field '%s' must be a base64 image; URLs are not fetched".formatted(name));
    }
    try {
      return Base64.getMimeDecoder().decode(stripped);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("field '%s' is not a base64 image".formatted(name), e);
    }
  }

  /**
   * Decodes the bytes of an image file.
   *
   * @throws ResourceException if the size in its header exceeds the limit
   * @throws dev.sdlora.api.error.ImageFileException if the file is damaged or of an unknown format
   */
  public static Image read(String name, byte[] file, long maxPixels) {
    requireSize(name, file, maxPixels);
    return decoded(file);
  }

  /** Decodes the bytes of an image file whose size was checked. */
  public static Image decoded(byte[] file) {
    return Image.read(new ByteArrayInputStream(file));
  }

  /**
   * Reads the size from the header without decoding the pixels.
   *
   * @return pixels; 0 for an unknown format
   * @throws ResourceException if the size exceeds the limit
   */
  public static long requireSize(String name, byte[] file, long maxPixels) {
    Dimension size = size(name, file, maxPixels);
    return (long) size.width * size.height;
  }

  /**
   * Reads the size from the header without decoding the pixels.
   *
   * @return width and height; 0 for an unknown format
   * @throws ResourceException if the size exceeds the limit
   */
  public static Dimension size(String name, byte[] file, long maxPixels) {
    Dimension size;
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      size =
          ImageIoReader.ask(in, reader -> new Dimension(reader.getWidth(0), reader.getHeight(0)))
              .orElse(new Dimension());
    } catch (IOException
        | RuntimeException e) { // The decoders of the JDK throw all kinds of exceptions.
      throw new IllegalArgumentException(
          "field '%s': cannot read the image: %s".formatted(name, e), e);
    }
    requirePixels(name, size.width, size.height, maxPixels);
    return size;
  }

  /** Returns the media type of an image file, such as {@code image/png}. */
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
   * Checks the number of pixels of an image.
   *
   * @throws ResourceException if it exceeds the limit
   */
  public static void requirePixels(String name, double width, double height, long maxPixels) {
    if (!(width * height <= maxPixels)) {
      throw new ResourceException(
          ResourceException.Resource.PIXELS,
          "'%s' has %sx%s pixels; the limit is %s"
              .formatted(name, (long) width, (long) height, maxPixels),
          (long) (width * height),
          maxPixels);
    }
  }

  /** Encodes an image as PNG without metadata. */
  public static byte[] png(BufferedImage image) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** Encodes bytes as base64. */
  public static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
