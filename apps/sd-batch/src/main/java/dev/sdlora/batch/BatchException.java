package dev.sdlora.batch;

import dev.sdlora.api.error.StableDiffusionException;
import org.jspecify.annotations.Nullable;

/**
 * A batch cannot go on: its manifest cannot be read, or its folder cannot be written. What was
 * drawn before stays. Failures of single requests are no exceptions, see {@link
 * BatchResult#error()}.
 */
public class BatchException extends StableDiffusionException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an error.
   *
   * @param message one sentence for people
   */
  public BatchException(String message) {
    this(message, null);
  }

  /**
   * Makes an error with what caused it.
   *
   * @param message one sentence for people
   * @param cause null if nothing did
   */
  public BatchException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  @Override
  protected StableDiffusionException copy(String message) {
    return new BatchException(message, getCause());
  }
}
