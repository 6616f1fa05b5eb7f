package dev.sdlora.pipeline.image;

import dev.sdlora.api.ImageFileException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The sentences of this package's errors: all begin with the file. */
final class ImageErrors {
  private ImageErrors() {}

  static ImageFileException error(Path file, String predicate) {
    return new ImageFileException(sentence(file, predicate));
  }

  static ImageFileException error(Path file, String predicate, Throwable cause) {
    return new ImageFileException(sentence(file, predicate), cause);
  }

  static ImageFileException notWritten(Path file, IOException cause) {
    String reason =
        cause instanceof NoSuchFileException ? "its folder does not exist" : reason(cause);
    return error(file, "could not be written: " + reason, cause);
  }

  static ImageFileException notRead(Path file, IOException cause) {
    return cause instanceof NoSuchFileException
        ? error(file, "does not exist", cause)
        : error(file, "could not be read: " + reason(cause), cause);
  }

  /** The error that a file holds no settings. */
  static ImageFileException noText(Path file, String what) {
    return error(
        file,
        "holds no " + what + "; other programs do not write it, and many web sites remove it");
  }

  /** Work on an open file. */
  @FunctionalInterface
  interface Reading<T> {
    T from(FileChannel channel) throws IOException;
  }

  /**
   * Opens a file and reads it.
   *
   * @throws ImageFileException if that fails
   */
  static <T> T reading(Path file, Reading<T> reading) {
    if (Files.isDirectory(file)) {
      throw error(file, "is a folder");
    }
    try (FileChannel channel = FileChannel.open(file)) {
      return reading.from(channel);
    } catch (EOFException e) {
      throw error(file, "became shorter while it was read", e);
    } catch (IOException e) {
      throw notRead(file, e);
    }
  }

  private static String reason(IOException cause) {
    if (cause instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (cause instanceof FileSystemException system && system.getReason() != null) {
      return system.getReason();
    }
    String message = cause.getMessage();
    if (message == null) {
      return cause.getClass().getSimpleName();
    }
    return message.contains("No space left") ? "the disk is full (" + message + ")" : message;
  }

  private static String sentence(Path file, String predicate) {
    return "image file '" + file + "' " + predicate;
  }
}
