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

/** Decodes image files of others: a few bytes can claim to be any number of pixels. */
final class ImageDecoder {
  private static final long MAX_PIXELS = 1 << 26;

  /** Bytes of a pixel in the image that is made of it. */
  private static final int KEPT = 3;

  private static final int MAX_REASON = 200;

  private ImageDecoder() {}

  /** Opens what is to be decoded; what it gives is closed afterwards. */
  @FunctionalInterface
  interface Source {
    InputStream open() throws IOException;
  }

  /**
   * The first image in some bytes.
   *
   * @param subject what an error is about
   * @throws ImageFileException if there is none that can be decoded, or it is too large
   * @throws GenerationCancelledException if the thread is interrupted, or what it works for was
   *     cancelled
   */
  static BufferedImage decode(String subject, Source source) {
    try (InputStream stream = source.open();
        ImageInputStream in = new ImageStream(stream)) {
      return ImageIoReader.ask(in, reader -> decode(subject, reader))
          .orElseThrow(
              () -> new ImageFileException(subject + " is of a format that this Java cannot read"));
    } catch (ImageFileException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      if (CurrentWork.isCancelled()) {
        throw new GenerationCancelledException(
            subject
                + " was not read to its end, since its thread was interrupted or its request"
                + " cancelled");
      }
      // The decoders of the JDK let exceptions of all kinds out at damaged files.
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
          "%s has %sx%s pixels; at most %s are read".formatted(subject, width, height, MAX_PIXELS));
    }
  }

  /** What a pixel takes as it is decoded. */
  private static int decodedBytes(ImageReader reader) throws IOException {
    Iterator<ImageTypeSpecifier> types = reader.getImageTypes(0);
    return types.hasNext() ? Math.max(1, types.next().getColorModel().getPixelSize() / 8) : 4;
  }

  /**
   * Refuses an image that would take more than half of the heap while it is read, as it is decoded
   * and as it is kept: collectors divide the heap, so that a single array cannot have all of it.
   *
   * @param decoded bytes of a pixel
   * @param heap the most bytes that the heap may have
   */
  static void requireHeap(String subject, int width, int height, int decoded, long heap) {
    long bytes = (long) width * height * (decoded + KEPT);
    if (bytes > heap / 2) {
      throw new ImageFileException(
          ("%s has %sx%s pixels, which take %s MB of the heap; at most half of its %s MB are taken"
                  + " for a picture (raise -Xmx, or make the picture smaller)")
              .formatted(subject, width, height, bytes >> 20, heap >> 20));
    }
  }

  private static String reason(Exception e) {
    String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return message.length() <= MAX_REASON ? message : message.substring(0, MAX_REASON) + "…";
  }
}
