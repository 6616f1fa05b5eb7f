package dev.sdlora.pipeline.image;

import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.ImageFileException;
import dev.sdlora.api.error.ImageSettingsException;
import dev.sdlora.api.value.FileReason;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Error messages of this package. Each one starts with the file. */
final class ImageErrors {
  /** Maximum number of chunks or segments read from a file; an empty one takes only a few bytes. */
  private static final int MOST_PARTS = 100_000;

  private ImageErrors() {}

  /** Returns the start of an error message about a file. */
  static String subject(Path file) {
    return "image file '" + file + "'";
  }

  static ImageFileException error(String subject, String predicate) {
    return new ImageFileException(subject + " " + predicate);
  }

  static ImageFileException error(String subject, String predicate, Throwable cause) {
    return new ImageFileException(subject + " " + predicate, cause);
  }

  /** Creates an error about an image file or stream. */
  static ImageFileException error(ImageSource source, String predicate, @Nullable Throwable cause) {
    return new ImageFileException(source + " " + predicate, source.details(), cause);
  }

  static ImageFileException notWritten(Path file, IOException cause) {
    String reason =
        cause instanceof NoSuchFileException ? "its folder does not exist" : FileReason.of(cause);
    return new ImageFileException(
        subject(file) + " could not be written: " + reason, ErrorDetails.in(file), cause);
  }

  static ImageFileException notRead(ImageSource source, IOException cause) {
    return cause instanceof NoSuchFileException
        ? error(source, "does not exist", cause)
        : error(source, "could not be read: " + FileReason.of(cause), cause);
  }

  /**
   * Throws if a file has too many parts.
   *
   * @param count the number of chunks or segments so far
   */
  static void requireFewParts(ImageSource source, int count) {
    if (count > MOST_PARTS) {
      throw source.error("has more than %s chunks".formatted(MOST_PARTS));
    }
  }

  /** Creates the error for an image without settings. */
  static ImageFileException noText(ImageSource source, String what) {
    return new ImageSettingsException(
        source
            + " holds no "
            + what
            + "; many programs do not write it, and many websites remove it",
        source.details());
  }
}
