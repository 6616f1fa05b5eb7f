package dev.sdlora.models;

import dev.sdlora.api.error.StableDiffusionException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A file could not be had. Nothing incomplete is under its name, and what came of it is kept. */
public class DownloadException extends StableDiffusionException {
  private static final long serialVersionUID = 1L;

  /** Why a file could not be had. */
  public enum Reason {
    /** There is no such repository, revision, version or file. */
    NOT_FOUND,
    /** The site wants to know who asks, or that its terms are accepted. */
    NEEDS_TOKEN,
    /** The store is offline, and the file is not among those that are here. */
    OFFLINE,
    /** The site cannot be reached, breaks off, or wants to be left alone for a while. */
    CONNECTION,
    /** What came is not the file that was asked for: a page, or other bytes. */
    WRONG_CONTENT,
    /** It cannot be written where it belongs. */
    STORAGE
  }

  /** Why. */
  private final Reason reason;

  /**
   * Makes an error.
   *
   * @param reason why
   * @param message one sentence for people
   */
  public DownloadException(Reason reason, String message) {
    this(reason, message, null);
  }

  /**
   * Makes an error with what caused it.
   *
   * @param reason why
   * @param message one sentence for people
   * @param cause null if nothing did
   */
  public DownloadException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  /** {@return why the file could not be had} */
  public Reason reason() {
    return reason;
  }

  @Override
  protected StableDiffusionException copy(String message) {
    return new DownloadException(reason, message, getCause());
  }
}
