package dev.sdlora.api.error;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Thrown if a LoRA cannot be found, read, or applied to the checkpoint. In addition to the message
 * it has the reason, the LoRA and similar names.
 */
public class LoraException extends StableDiffusionException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** The reason why a LoRA cannot be used. */
  public enum Reason {
    /** No file has this name or path. */
    UNKNOWN,
    /** Several files have this name, which a trainer gave them. */
    AMBIGUOUS,
    /** The operating system denies access to the file. */
    UNREADABLE,
    /** The file is damaged, or contains values that are NaN or infinite. */
    DAMAGED,
    /** The file is not a LoRA but, for example, a checkpoint. */
    NOT_A_LORA,
    /** The LoRA uses a method that this version does not support. */
    UNSUPPORTED,
    /** The LoRA was trained for another model family. */
    WRONG_FAMILY,
    /** None of the LoRA's modules matches a layer of the checkpoint. */
    NOTHING_MATCHED,
    /** A module of the LoRA does not fit its layer. */
    MISFIT,
    /** At this strength, values overflow the precision. */
    OVERFLOW,
    /** There is nothing to write: all strengths are 0, or two checkpoints are identical. */
    NOTHING_CHANGED,
    /** Any other reason. */
    OTHER
  }

  /**
   * Creates an exception with a reason.
   *
   * @param message one sentence: the problem, its place, and the expected and the actual value
   * @param reason the reason why the LoRA cannot be used
   */
  public LoraException(String message, Reason reason) {
    this(message, reason, ErrorDetails.NONE);
  }

  /**
   * Creates an exception with a reason and a cause.
   *
   * @param message one sentence: the problem, its place, and the expected and the actual value
   * @param reason the reason why the LoRA cannot be used
   * @param cause the underlying error; null if there is none
   */
  public LoraException(String message, Reason reason, @Nullable Throwable cause) {
    this(message, reason, ErrorDetails.NONE, cause);
  }

  /**
   * Creates an exception about a requested name.
   *
   * @param message one sentence: the problem, its place, and the expected and the actual value
   * @param reason the reason why the LoRA cannot be used
   * @param name the name as it was requested
   * @param nearest similar names, the most similar first; may be empty
   */
  public LoraException(String message, Reason reason, String name, List<String> nearest) {
    this(message, reason, ErrorDetails.NONE.withName(name).withNearestNames(nearest));
  }

  /**
   * Creates an exception with a reason and details.
   *
   * @param message one sentence: the problem, its place, and the expected and the actual value
   * @param reason the reason why the LoRA cannot be used
   * @param details the things that the message names, in machine-readable form
   */
  public LoraException(String message, Reason reason, ErrorDetails details) {
    this(message, reason, details, null);
  }

  /**
   * Creates an exception with a reason, details and a cause.
   *
   * @param message one sentence: the problem, its place, and the expected and the actual value
   * @param reason the reason why the LoRA cannot be used
   * @param details the things that the message names, in machine-readable form
   * @param cause the underlying error; null if there is none
   */
  public LoraException(
      String message, Reason reason, ErrorDetails details, @Nullable Throwable cause) {
    super(message, details, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  /** {@return the reason why the LoRA cannot be used} */
  public Reason reason() {
    return reason;
  }

  /**
   * {@return the name of the affected module in the file; empty if the error concerns no module}
   */
  public final Optional<String> module() {
    return details().module();
  }

  /**
   * {@return this error with the name of the requested LoRA} An error that already has a name is
   * returned unchanged.
   *
   * @param name the LoRA's name in the request
   */
  public LoraException named(String name) {
    Objects.requireNonNull(name, "name");
    if (details().name().isPresent()) {
      return this;
    }
    LoraException named =
        new LoraException(
            String.valueOf(getMessage()), reason, details().withName(name), getCause());
    named.setStackTrace(getStackTrace());
    return named;
  }

  @Override
  protected StableDiffusionException copy(String message) {
    return new LoraException(message, reason, details(), getCause());
  }
}
