package dev.sdlora.training;

import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.value.FileReason;
import dev.sdlora.api.value.ImageIoReader;
import java.awt.Dimension;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** An image file, read whenever the image is needed. */
record ImageFile(Path file) implements Supplier<BufferedImage> {
  /** The beginning of the JDK's warning about a JPEG file whose end is missing. */
  private static final String TRUNCATED = "Truncated File";

  /**
   * Reads the image.
   *
   * @throws TrainingException if it is missing or damaged
   */
  @Override
  public BufferedImage get() {
    return read(ImageFile::pixels);
  }

  /**
   * Reads the size of the image, not its pixels.
   *
   * @throws TrainingException if the file is missing or damaged
   */
  Dimension dimension() {
    return read(reader -> new Dimension(reader.getWidth(0), reader.getHeight(0)));
  }

  /** Reads all pixels. The JDK fills the rest of a truncated JPEG file with grey and only warns. */
  private static BufferedImage pixels(ImageReader reader) throws IOException {
    List<String> warnings = new ArrayList<>();
    reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
    BufferedImage image = reader.read(0);
    if (warnings.stream().anyMatch(warning -> warning.startsWith(TRUNCATED))) {
      throw new IOException("its end is missing");
    }
    return image;
  }

  private <T> T read(ImageIoReader.Question<T> question) {
    if (!Files.exists(file)) {
      throw new TrainingException(
          "image '%s' is missing; it was probably moved or deleted after the training was set up"
              .formatted(file),
          ErrorDetails.in(file));
    }
    try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
      if (in == null) {
        throw new IOException("permission denied");
      }
      return ImageIoReader.ask(in, question)
          .orElseThrow(
              () ->
                  new TrainingException(
                      "image '%s' cannot be read: its format is unknown, expected PNG or JPEG"
                          .formatted(file),
                      ErrorDetails.in(file)));
    } catch (IOException e) {
      throw damaged(FileReason.of(e), e);
    } catch (IllegalArgumentException | IndexOutOfBoundsException | NegativeArraySizeException e) {
      throw damaged(String.valueOf(e.getMessage()), e);
    }
  }

  private TrainingException damaged(String reason, Exception cause) {
    return new TrainingException(
        "image '%s' cannot be read: %s; the file is probably damaged, or its colours are not RGB"
            .formatted(file, reason),
        ErrorDetails.in(file),
        cause);
  }
}
