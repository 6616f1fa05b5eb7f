package dev.sdlora.api;

import org.jspecify.annotations.Nullable;

/** A checkpoint cannot be opened or does not hold the model that it should. */
public class CheckpointException extends StableDiffusionException {
  private static final long serialVersionUID = 1L;

  /** An error with its sentence. */
  public CheckpointException(String message) {
    super(message);
  }

  /** An error with its sentence and what caused it. */
  public CheckpointException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  @Override
  protected StableDiffusionException copy(String message) {
    return new CheckpointException(message, getCause());
  }
}
