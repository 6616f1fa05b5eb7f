package dev.sdlora.server.store;

/** Thrown if the database of the jobs cannot be used now. */
public final class StoreException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
