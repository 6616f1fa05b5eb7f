package dev.sdlora.api;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Decodes picture files of others: a few bytes can claim to be any number of pixels. */
final class ImageDecoder {
  private static final long MAX_PIXELS = 1 << 26;

  private static final int MAX_REASON = 200;

  private ImageDecoder() {}

  /** Opens what is to be decoded; what it gives is closed afterwards. */
  @FunctionalInterface
  interface Source {
    InputStream open() throws IOException;
  }

  /**
   * The first picture in some bytes.
   *
   * @param subject what an error is about
   * @throws ImageFileException if there is none that can be decoded, or it is too large
   */
  static BufferedImage decode(String subject, Source source) {
    try (InputStream stream = source.open();
        ImageInputStream in = new MemoryCacheImageInputStream(stream)) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw new ImageFileException(subject + " is of a format that this Java cannot read");
      }
      ImageReader reader = readers.next();
      try {
        // Metadata are passed over: packed texts in them can be of any size as well.
        reader.setInput(in, true, true);
        requireSize(subject, reader.getWidth(0), reader.getHeight(0));
        return reader.read(0);
      } finally {
        reader.dispose();
      }
    } catch (ImageFileException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // The decoders of the JDK let exceptions of all kinds out at damaged files.
      throw new ImageFileException(subject + " could not be read: " + reason(e), e);
    }
  }

  private static void requireSize(String subject, int width, int height) {
    if ((long) width * height > MAX_PIXELS) {
      throw new ImageFileException(
          "%s has %sx%s pixels; at most %s are read".formatted(subject, width, height, MAX_PIXELS));
    }
  }

  private static String reason(Exception e) {
    String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return message.length() <= MAX_REASON ? message : message.substring(0, MAX_REASON) + "…";
  }
}
