package dev.sdlora.api;

import org.jspecify.annotations.Nullable;

/**
 * Root of all errors that this library raises about files, prompts and generations. Its message is
 * one sentence meant for people: what is wrong, where, what was expected and what was found.
 *
 * <p>Wrong arguments (a negative step count, say) are {@link IllegalArgumentException}s instead,
 * and use of a closed pipeline is an {@link IllegalStateException}.
 */
public class StableDiffusionException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** An error with its sentence. */
  public StableDiffusionException(String message) {
    super(message);
  }

  /** An error with its sentence and what caused it. */
  public StableDiffusionException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
