package dev.sdlora.api.value;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Explains to people why a file cannot be read or written. */
public final class FileReason {
  private FileReason() {}

  /**
   * Explains a file system error, whose own message is often just a path.
   *
   * @param error the error of reading or writing a file
   * @return the reason without the path and, where possible, without class names, such as {@code
   *     permission denied}
   */
  public static String of(IOException error) {
    if (error instanceof NoSuchFileException) {
      return "no such file or folder";
    }
    if (error instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (error instanceof FileAlreadyExistsException || error instanceof NotDirectoryException) {
      return "a file with this name exists";
    }
    String message =
        error instanceof FileSystemException system ? system.getReason() : error.getMessage();
    if (message == null) {
      return error.getClass().getSimpleName();
    }
    if (message.contains("No space left")) {
      return "the disk is full (" + message + ")";
    }
    return message.equals("Is a directory") ? "it is a folder" : message;
  }
}
