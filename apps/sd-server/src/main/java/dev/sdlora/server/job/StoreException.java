package dev.sdlora.server.job;

/** Thrown if the database of the jobs cannot be used now. */
public final class StoreException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception with a sentence. */
  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
