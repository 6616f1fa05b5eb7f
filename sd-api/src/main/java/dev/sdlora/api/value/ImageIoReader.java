package dev.sdlora.api.value;

import java.io.IOException;
import java.util.Iterator;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** Finds the JDK's reader for an image. */
public final class ImageIoReader {
  private ImageIoReader() {}

  /**
   * A query to an image reader.
   *
   * @param <T> the type of the answer
   */
  @FunctionalInterface
  public interface Question<T> {
    /**
     * Queries the reader.
     *
     * @param reader a reader positioned at the first image; the caller disposes of it
     * @return the answer
     * @throws IOException if the image cannot be read
     */
    T ask(ImageReader reader) throws IOException;
  }

  /**
   * Queries the first reader that supports the image's format. Metadata is ignored, because
   * compressed texts in it can be of any size.
   *
   * @param <T> the type of the answer
   * @param in the image file; it stays open
   * @param question the query, called at most once
   * @return the answer; empty if no reader supports the format
   * @throws IOException if the image cannot be read
   */
  public static <T> Optional<T> ask(ImageInputStream in, Question<T> question) throws IOException {
    Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
    if (!readers.hasNext()) {
      return Optional.empty();
    }
    ImageReader reader = readers.next();
    try {
      reader.setInput(in, true, true);
      return Optional.of(question.ask(reader));
    } finally {
      reader.dispose();
    }
  }
}
