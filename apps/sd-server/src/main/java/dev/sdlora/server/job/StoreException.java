package dev.sdlora.server.job;

import org.jspecify.annotations.Nullable;

/** Thrown if the database of the jobs cannot be used now. */
public final class StoreException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception with a sentence. */
  public StoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
