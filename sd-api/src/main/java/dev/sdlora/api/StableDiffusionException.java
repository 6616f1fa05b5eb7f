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

  /** Names in damaged files can have millions of characters. */
  private static final int LONGEST = 4000;

  /** An error with its sentence, of which the middle is left out if it is longer than a page. */
  public StableDiffusionException(String message) {
    super(cut(message));
  }

  /** An error with its sentence and what caused it. */
  public StableDiffusionException(String message, @Nullable Throwable cause) {
    super(cut(message), cause);
  }

  private static String cut(String message) {
    int left = message.length() - LONGEST;
    return left <= 0
        ? message
        : message.substring(0, LONGEST - 1000)
            + " [… "
            + left
            + " more characters …] "
            + message.substring(message.length() - 1000);
  }
}
