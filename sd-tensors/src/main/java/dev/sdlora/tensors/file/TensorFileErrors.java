package dev.sdlora.tensors.file;

import dev.sdlora.api.ErrorDetails;
import dev.sdlora.api.TensorFileException;
import java.io.IOException;
import java.nio.file.Path;

/** The sentences of this package's errors: all begin with the file. */
final class TensorFileErrors {
  private TensorFileErrors() {}

  static TensorFileException error(Path path, String predicate) {
    return new TensorFileException(sentence(path, predicate), ErrorDetails.in(path));
  }

  static TensorFileException error(Path path, String predicate, Throwable cause) {
    return new TensorFileException(sentence(path, predicate), ErrorDetails.in(path), cause);
  }

  /** An error of the file system; its class is named because its message is often just a path. */
  static TensorFileException ioError(Path path, String predicate, IOException cause) {
    String reason = cause.getClass().getSimpleName() + ": " + cause.getMessage();
    return error(path, predicate + " (" + reason + ")", cause);
  }

  private static String sentence(Path path, String predicate) {
    return "tensor file '" + path + "' " + predicate;
  }
}
