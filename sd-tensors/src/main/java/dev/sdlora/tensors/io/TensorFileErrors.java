package dev.sdlora.tensors.io;

import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.api.value.FileReason;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Creates the exceptions of this package; all messages begin with the file. */
public final class TensorFileErrors {
  private TensorFileErrors() {}

  /** Returns an error with a sentence that begins with the file. */
  public static TensorFileException error(Path path, String predicate) {
    return error(ErrorDetails.in(path), path, predicate, null);
  }

  /** Returns an error with a cause, which the sentence does not mention. */
  public static TensorFileException error(Path path, String predicate, Throwable cause) {
    return error(ErrorDetails.in(path), path, predicate, cause);
  }

  /** Returns an error about one tensor, which the predicate also names. */
  public static TensorFileException tensorError(Path path, String tensor, String predicate) {
    return error(ErrorDetails.in(path).withTensor(tensor), path, predicate, null);
  }

  /** Returns an error of the file system. */
  public static TensorFileException ioError(Path path, String predicate, IOException cause) {
    return error(path, because(predicate, cause), cause);
  }

  /** Returns an error of the file system that occurred while reading a tensor. */
  public static TensorFileException tensorIoError(Path path, String tensor, IOException cause) {
    String predicate = because("could not be read at tensor '" + tensor + "'", cause);
    return error(ErrorDetails.in(path).withTensor(tensor), path, predicate, cause);
  }

  private static String because(String predicate, IOException cause) {
    return predicate + ": " + FileReason.of(cause);
  }

  private static TensorFileException error(
      ErrorDetails details, Path path, String predicate, @Nullable Throwable cause) {
    return new TensorFileException("tensor file '" + path + "' " + predicate, details, cause);
  }
}
