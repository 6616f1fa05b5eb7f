package dev.sdlora.models;

import dev.sdlora.api.error.StableDiffusionException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Thrown if a file cannot be downloaded. Incomplete data is kept, but never under the file's final
 * name.
 */
public class DownloadException extends StableDiffusionException {
  private static final long serialVersionUID = 1L;

  /** The reason why a file cannot be downloaded. */
  public enum Reason {
    /** There is no such repository, revision, version or file. */
    NOT_FOUND,
    /** The site requires a token or the acceptance of its terms. */
    NEEDS_TOKEN,
    /** The store is offline and does not have the file. */
    OFFLINE,
    /**
     * The site cannot be reached, the connection breaks, or the site limits the rate of requests.
     */
    CONNECTION,
    /** The site sent something other than the requested file: a web page or different bytes. */
    WRONG_CONTENT,
    /** The file cannot be written to its destination. */
    STORAGE
  }

  private final Reason reason;

  /**
   * Creates an exception.
   *
   * @param reason the reason
   * @param message one sentence for users
   */
  public DownloadException(Reason reason, String message) {
    this(reason, message, null);
  }

  /**
   * Creates an exception with a cause.
   *
   * @param reason the reason
   * @param message one sentence for users
   * @param cause the cause, or null
   */
  public DownloadException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  /** {@return the reason why the file cannot be downloaded} */
  public Reason reason() {
    return reason;
  }

  @Override
  protected StableDiffusionException copy(String message) {
    return new DownloadException(reason, message, getCause());
  }
}
