package dev.sdlora.api;

import org.jspecify.annotations.Nullable;

/** A file of tensors is damaged, is something else, or changed while it was in use. */
public class TensorFileException extends DetailedException {
  private static final long serialVersionUID = 1L;

  /** An error with its sentence. */
  public TensorFileException(String message) {
    this(message, ErrorDetails.NONE);
  }

  /** An error with its sentence and what caused it. */
  public TensorFileException(String message, @Nullable Throwable cause) {
    this(message, ErrorDetails.NONE, cause);
  }

  /** An error with its sentence and what it is about. */
  public TensorFileException(String message, ErrorDetails details) {
    this(message, details, null);
  }

  /** An error with its sentence, what it is about, and what caused it. */
  public TensorFileException(String message, ErrorDetails details, @Nullable Throwable cause) {
    super(message, details, cause);
  }

  @Override
  protected StableDiffusionException copy(String message) {
    return new TensorFileException(message, details(), getCause());
  }
}
