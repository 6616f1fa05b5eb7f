package dev.sdlora.api.error;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if a checkpoint or another network cannot be opened or does not contain the expected
 * model.
 */
public class CheckpointException extends StableDiffusionException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception with a message.
   *
   * @param message one sentence: the problem, its place, and the expected and the actual value
   */
  public CheckpointException(String message) {
    this(message, ErrorDetails.NONE);
  }

  /**
   * Creates an exception with a message and a cause.
   *
   * @param message one sentence: the problem, its place, and the expected and the actual value
   * @param cause the underlying error; null if there is none
   */
  public CheckpointException(String message, @Nullable Throwable cause) {
    this(message, ErrorDetails.NONE, cause);
  }

  /**
   * Creates an exception with a message and details.
   *
   * @param message one sentence: the problem, its place, and the expected and the actual value
   * @param details the things that the message names, in machine-readable form
   */
  public CheckpointException(String message, ErrorDetails details) {
    this(message, details, null);
  }

  /**
   * Creates an exception with a message, details and a cause.
   *
   * @param message one sentence: the problem, its place, and the expected and the actual value
   * @param details the things that the message names, in machine-readable form
   * @param cause the underlying error; null if there is none
   */
  public CheckpointException(String message, ErrorDetails details, @Nullable Throwable cause) {
    super(message, details, cause);
  }

  @Override
  protected StableDiffusionException copy(String message) {
    return new CheckpointException(message, details(), getCause());
  }
}
