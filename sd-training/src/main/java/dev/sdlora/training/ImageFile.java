package dev.sdlora.training;

import dev.sdlora.api.error.ErrorDetails;
import java.awt.Dimension;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.function.Supplier;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/** An image file, read whenever the image is needed. */
record ImageFile(Path file) implements Supplier<BufferedImage> {
  /** Reads image data of some kind; null if no reader knows the format. */
  private interface Reading<T> {
    @Nullable T read() throws IOException;
  }

  /**
   * Reads the image.
   *
   * @throws TrainingException if it is missing or damaged
   */
  @Override
  public BufferedImage get() {
    return read(() -> ImageIO.read(file.toFile()));
  }

  /**
   * Reads the size of the image, not its pixels.
   *
   * @throws TrainingException if the file is missing or damaged
   */
  Dimension dimension() {
    return read(
        () -> {
          try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
              return null;
            }
            ImageReader reader = readers.next();
            try {
              reader.setInput(in);
              return new Dimension(reader.getWidth(0), reader.getHeight(0));
            } finally {
              reader.dispose();
            }
          }
        });
  }

  private <T> T read(Reading<T> reading) {
    if (!Files.exists(file)) {
      throw new TrainingException(
          "image '%s' is missing; it was probably moved or deleted after the training was set up"
              .formatted(file),
          ErrorDetails.in(file));
    }
    try {
      T read = reading.read();
      if (read == null) {
        throw new TrainingException(
            "image '%s' cannot be read: its format is unknown, expected PNG or JPEG"
                .formatted(file),
            ErrorDetails.in(file));
      }
      return read;
    } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new TrainingException(
          "image '%s' cannot be read: %s; the file is probably damaged, or its colours are not RGB"
              .formatted(file, e.getMessage()),
          ErrorDetails.in(file),
          e);
    }
  }
}
