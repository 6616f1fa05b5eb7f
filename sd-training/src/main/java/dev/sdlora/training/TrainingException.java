package dev.sdlora.training;

import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.StableDiffusionException;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Thrown if a training run cannot start or continue: images or captions are missing or cannot be
 * read, a saved state belongs to another training run, or the loss is not finite.
 */
public class TrainingException extends StableDiffusionException {
  private static final long serialVersionUID = 1L;

  /** The step, or 0 for none. */
  private final int step;

  /**
   * Creates an exception without details.
   *
   * @param message one sentence for users
   */
  public TrainingException(String message) {
    this(message, ErrorDetails.NONE);
  }

  /**
   * Creates an exception with a cause.
   *
   * @param message one sentence for users
   * @param cause the cause, or null
   */
  public TrainingException(String message, @Nullable Throwable cause) {
    this(message, ErrorDetails.NONE, cause);
  }

  /**
   * Creates an exception with details.
   *
   * @param message one sentence for users
   * @param details the details for programs
   */
  public TrainingException(String message, ErrorDetails details) {
    this(message, details, null);
  }

  /**
   * Creates an exception with details and a cause.
   *
   * @param message one sentence for users
   * @param details the details for programs
   * @param cause the cause, or null
   */
  public TrainingException(String message, ErrorDetails details, @Nullable Throwable cause) {
    this(message, 0, details, cause);
  }

  /**
   * Creates an exception for a step of the training.
   *
   * @param message one sentence for users
   * @param step the number of the step, from 1
   */
  public TrainingException(String message, int step) {
    this(message, step, ErrorDetails.NONE, null);
  }

  private TrainingException(
      String message, int step, ErrorDetails details, @Nullable Throwable cause) {
    super(message, details, cause);
    this.step = step;
  }

  /** {@return the step in which the error occurred, from 1; empty before the first step} */
  public OptionalInt step() {
    return step == 0 ? OptionalInt.empty() : OptionalInt.of(step);
  }

  @Override
  protected StableDiffusionException copy(String message) {
    return new TrainingException(message, step, details(), getCause());
  }
}
