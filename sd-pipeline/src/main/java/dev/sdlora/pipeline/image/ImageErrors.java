package dev.sdlora.pipeline.image;

import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.ImageFileException;
import dev.sdlora.api.error.ImageSettingsException;
import dev.sdlora.api.value.FileReason;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The sentences of this package's errors: all begin with the file. */
final class ImageErrors {
  /** Chunks and segments of a file that are walked over; empty ones take a few bytes each. */
  private static final int MOST_PARTS = 100_000;

  private ImageErrors() {}

  /** What an error about a file begins with. */
  static String subject(Path file) {
    return "image file '" + file + "'";
  }

  static ImageFileException error(String subject, String predicate) {
    return new ImageFileException(subject + " " + predicate);
  }

  static ImageFileException error(String subject, String predicate, Throwable cause) {
    return new ImageFileException(subject + " " + predicate, cause);
  }

  /** An error about a file, or about the image of a stream. */
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
   * Refuses a file of too many parts.
   *
   * @param count of chunks or segments up to here
   */
  static void requireFewParts(ImageSource source, int count) {
    if (count > MOST_PARTS) {
      throw source.error("has more than the %s chunks that are read".formatted(MOST_PARTS));
    }
  }

  /** The error that an image holds no settings. */
  static ImageFileException noText(ImageSource source, String what) {
    return new ImageSettingsException(
        source
            + " holds no "
            + what
            + "; other programs do not write it, and many web sites remove it",
        source.details());
  }
}
