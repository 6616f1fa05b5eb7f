package dev.sdlora.api;

import org.jspecify.annotations.Nullable;

/** A picture cannot be written or read. */
public class ImageFileException extends StableDiffusionException {
  private static final long serialVersionUID = 1L;

  /** An error with its sentence. */
  public ImageFileException(String message) {
    super(message);
  }

  /** An error with its sentence and what caused it. */
  public ImageFileException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  @Override
  protected StableDiffusionException copy(String message) {
    return new ImageFileException(message, getCause());
  }
}
