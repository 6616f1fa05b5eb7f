package dev.sdlora.api.error;

import org.jspecify.annotations.Nullable;

/** A file of tensors is damaged, is something else, or changed while it was in use. */
public class TensorFileException extends DetailedException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an error that tells programs nothing but its type.
   *
   * @param message one sentence for people
   */
  public TensorFileException(String message) {
    this(message, ErrorDetails.NONE);
  }

  /**
   * Makes an error with what caused it.
   *
   * @param message one sentence for people
   * @param cause null if nothing did
   */
  public TensorFileException(String message, @Nullable Throwable cause) {
    this(message, ErrorDetails.NONE, cause);
  }

  /**
   * Makes an error that tells programs what it is about.
   *
   * @param message one sentence for people
   * @param details what programs are told
   */
  public TensorFileException(String message, ErrorDetails details) {
    this(message, details, null);
  }

  /**
   * Makes an error that tells programs what it is about, with what caused it.
   *
   * @param message one sentence for people
   * @param details what programs are told
   * @param cause null if nothing did
   */
  public TensorFileException(String message, ErrorDetails details, @Nullable Throwable cause) {
    super(message, details, cause);
  }

  @Override
  protected StableDiffusionException copy(String message) {
    return new TensorFileException(message, details(), getCause());
  }
}
