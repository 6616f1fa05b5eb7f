package dev.sdlora.api.error;

import org.jspecify.annotations.Nullable;

/** An image cannot be written or read; {@link #file} is empty if it came from a stream. */
public class ImageFileException extends StableDiffusionException {
  private static final long serialVersionUID = 1L;

  /**
   * An error with its sentence.
   *
   * @param message what is wrong, where, what was expected and what was found
   */
  public ImageFileException(String message) {
    this(message, ErrorDetails.NONE);
  }

  /**
   * An error with its sentence and what caused it.
   *
   * @param message what is wrong, where, what was expected and what was found
   * @param cause the error beneath; null if there is none
   */
  public ImageFileException(String message, @Nullable Throwable cause) {
    this(message, ErrorDetails.NONE, cause);
  }

  /**
   * An error with its sentence and what it is about.
   *
   * @param message what is wrong, where, what was expected and what was found
   * @param details what the sentence names, for programs
   */
  public ImageFileException(String message, ErrorDetails details) {
    this(message, details, null);
  }

  /**
   * An error with its sentence, what it is about, and what caused it.
   *
   * @param message what is wrong, where, what was expected and what was found
   * @param details what the sentence names, for programs
   * @param cause the error beneath; null if there is none
   */
  public ImageFileException(String message, ErrorDetails details, @Nullable Throwable cause) {
    super(message, details, cause);
  }

  @Override
  protected StableDiffusionException copy(String message) {
    return new ImageFileException(message, details(), getCause());
  }
}
