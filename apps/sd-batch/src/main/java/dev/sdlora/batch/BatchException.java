package dev.sdlora.batch;

import dev.sdlora.api.error.StableDiffusionException;
import org.jspecify.annotations.Nullable;

/**
 * Thrown if a batch cannot continue because its manifest cannot be read or its folder cannot be
 * written. Finished images are kept. Failures of single requests are not exceptions; see {@link
 * BatchResult#error()}.
 */
public class BatchException extends StableDiffusionException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an error.
   *
   * @param message one sentence for people
   */
  public BatchException(String message) {
    this(message, null);
  }

  /**
   * Creates an error with a cause.
   *
   * @param message one sentence for people
   * @param cause the cause; null if there is none
   */
  public BatchException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  @Override
  protected StableDiffusionException copy(String message) {
    return new BatchException(message, getCause());
  }
}
