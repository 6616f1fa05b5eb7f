package dev.sdlora.training;

import dev.sdlora.api.StableDiffusionException;
import org.jspecify.annotations.Nullable;

/**
 * A training cannot begin or cannot go on: pictures or captions are missing or cannot be read, a
 * saved state belongs to another training, or the loss is no longer a number.
 */
public class TrainingException extends StableDiffusionException {
  private static final long serialVersionUID = 1L;

  /** An error with its sentence. */
  public TrainingException(String message) {
    super(message);
  }

  /** An error with its sentence and what caused it. */
  public TrainingException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
