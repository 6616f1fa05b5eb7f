package dev.sdlora.api;

import org.jspecify.annotations.Nullable;

/** A picture cannot be written or read; {@link #file} is empty if it came from a stream. */
public class ImageFileException extends StableDiffusionException {
  private static final long serialVersionUID = 1L;

  /** An error with its sentence. */
  public ImageFileException(String message) {
    this(message, ErrorDetails.NONE);
  }

  /** An error with its sentence and what caused it. */
  public ImageFileException(String message, @Nullable Throwable cause) {
    this(message, ErrorDetails.NONE, cause);
  }

  /** An error with its sentence and what it is about. */
  public ImageFileException(String message, ErrorDetails details) {
    this(message, details, null);
  }

  /** An error with its sentence, what it is about, and what caused it. */
  public ImageFileException(String message, ErrorDetails details, @Nullable Throwable cause) {
    super(message, details, cause);
  }

  @Override
  protected StableDiffusionException copy(String message) {
    return new ImageFileException(message, details(), getCause());
  }
}
