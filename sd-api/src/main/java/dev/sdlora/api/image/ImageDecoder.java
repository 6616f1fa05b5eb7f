package dev.sdlora.api.image;

import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.error.ImageFileException;
import dev.sdlora.api.value.CurrentWork;
import dev.sdlora.api.value.ImageIoReader;
import dev.sdlora.api.value.ImageStream;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.stream.ImageInputStream;

/** Decodes untrusted image files: a file of a few bytes can claim any number of pixels. */
final class ImageDecoder {
  private static final long MAX_PIXELS = 1 << 26;

  /** Bytes per pixel of the resulting {@link Image}. */
  private static final int KEPT = 3;

  private static final int MAX_REASON = 200;

  private ImageDecoder() {}

  /** Opens the bytes to decode; the caller closes the stream. */
  @FunctionalInterface
  interface Source {
    InputStream open() throws IOException;
  }

  /**
   * Decodes the first image of a stream.
   *
   * @param subject the beginning of error messages
   * @throws ImageFileException if there is no image that can be decoded, or it is too large
   * @throws GenerationCancelledException if the thread is interrupted, or the request that needs
   *     the image was cancelled
   */
  static BufferedImage decode(String subject, Source source) {
    try (InputStream stream = source.open();
        ImageInputStream in = new ImageStream(stream)) {
      return ImageIoReader.ask(in, reader -> decode(subject, reader))
          .orElseThrow(
              () ->
                  new ImageFileException(
                      subject
                          + " is in a format that cannot be read; expected PNG, JPEG, GIF or BMP"));
    } catch (ImageFileException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      if (CurrentWork.isCancelled()) {
        throw new GenerationCancelledException(
            subject
                + " was not read completely: its thread was interrupted or its request was"
                + " cancelled");
      }
      // The JDK's decoders throw exceptions of all kinds for damaged files.
      throw new ImageFileException(subject + " could not be read: " + reason(e), e);
    }
  }

  private static BufferedImage decode(String subject, ImageReader reader) throws IOException {
    int width = reader.getWidth(0);
    int height = reader.getHeight(0);
    requireSize(subject, width, height);
    requireHeap(subject, width, height, decodedBytes(reader), Runtime.getRuntime().maxMemory());
    return reader.read(0);
  }

  private static void requireSize(String subject, int width, int height) {
    if ((long) width * height > MAX_PIXELS) {
      throw new ImageFileException(
          "%s has %sx%s pixels; the limit is %s".formatted(subject, width, height, MAX_PIXELS));
    }
  }

  /** Returns the bytes per pixel while the image is decoded. */
  private static int decodedBytes(ImageReader reader) throws IOException {
    Iterator<ImageTypeSpecifier> types = reader.getImageTypes(0);
    return types.hasNext() ? Math.max(1, types.next().getColorModel().getPixelSize() / 8) : 4;
  }

  /**
   * Rejects an image that would use more than half of the heap while it is read, counting the
   * decoded and the converted pixels: collectors divide the heap, so a single array cannot have all
   * of it.
   *
   * @param decoded bytes per pixel while the image is decoded
   * @param heap the maximum size of the heap in bytes
   */
  static void requireHeap(String subject, int width, int height, int decoded, long heap) {
    long bytes = (long) width * height * (decoded + KEPT);
    if (bytes > heap / 2) {
      throw new ImageFileException(
          "%s has %sx%s pixels, which need %s MB of heap, but an image may use at most half of the heap's %s MB (raise -Xmx or use a smaller image)"
              .formatted(subject, width, height, bytes >> 20, heap >> 20));
    }
  }

  private static String reason(Exception e) {
    String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return message.length() <= MAX_REASON ? message : message.substring(0, MAX_REASON) + "…";
  }
}
