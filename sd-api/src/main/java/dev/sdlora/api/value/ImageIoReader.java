package dev.sdlora.api.value;

import java.io.IOException;
import java.util.Iterator;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** The reader that Java has for an image. */
public final class ImageIoReader {
  private ImageIoReader() {}

  /**
   * What is asked of a reader.
   *
   * @param <T> the answer
   */
  @FunctionalInterface
  public interface Question<T> {
    /**
     * Asks.
     *
     * @param reader stands at the first image; it is disposed of afterwards
     * @return what it said
     * @throws IOException if the image cannot be read
     */
    T ask(ImageReader reader) throws IOException;
  }

  /**
   * Asks the first reader that knows the format. Metadata are passed over: packed texts in them can
   * be of any size.
   *
   * @param <T> the answer
   * @param in the file, which stays open
   * @param question is asked once
   * @return the answer; empty if no reader knows the format
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
