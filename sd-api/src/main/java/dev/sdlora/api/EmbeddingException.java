package dev.sdlora.api;

import org.jspecify.annotations.Nullable;

/** A textual inversion embedding cannot be read, found, or used with the checkpoint. */
public class EmbeddingException extends StableDiffusionException {
  private static final long serialVersionUID = 1L;

  /** An error with its sentence. */
  public EmbeddingException(String message) {
    super(message);
  }

  /** An error with its sentence and what caused it. */
  public EmbeddingException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  @Override
  protected StableDiffusionException copy(String message) {
    return new EmbeddingException(message, getCause());
  }
}
