package dev.sdlora.api.error;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A LoRA file cannot be read, found, or applied to the checkpoint. Beside its sentence it tells
 * programs why, which LoRA, and which names were perhaps meant.
 */
public class LoraException extends DetailedException {
  private static final long serialVersionUID = 1L;

  /** Why the LoRA cannot be used. */
  private final Reason reason;

  /** Why a LoRA cannot be used. */
  public enum Reason {
    /** No file has that name, or there is none at that path. */
    UNKNOWN,
    /** Several files share that name, which a trainer gave them. */
    AMBIGUOUS,
    /** The system does not let it be read. */
    UNREADABLE,
    /** The file is damaged, or its numbers are NaN or infinite. */
    DAMAGED,
    /** The file is something else, such as a checkpoint. */
    NOT_A_LORA,
    /** It uses a method that this version cannot apply. */
    UNSUPPORTED,
    /** It was trained for another family of models. */
    WRONG_FAMILY,
    /** None of its modules belongs to a layer of the checkpoint. */
    NOTHING_MATCHED,
    /** One of its modules does not fit the layer that it changes. */
    MISFIT,
    /** At this strength its numbers are too large for the number format. */
    OVERFLOW,
    /** There is nothing to write: all strengths are 0, or two checkpoints are alike. */
    NOTHING_CHANGED,
    /** Anything else. */
    OTHER
  }

  /**
   * An error with its reason.
   *
   * @param message what is wrong, where, what was expected and what was found
   * @param reason why the LoRA cannot be used
   */
  public LoraException(String message, Reason reason) {
    this(message, reason, ErrorDetails.NONE);
  }

  /**
   * An error with its reason and what caused it.
   *
   * @param message what is wrong, where, what was expected and what was found
   * @param reason why the LoRA cannot be used
   * @param cause the error beneath; null if there is none
   */
  public LoraException(String message, Reason reason, @Nullable Throwable cause) {
    this(message, reason, ErrorDetails.NONE, cause);
  }

  /**
   * An error about a name that was asked for.
   *
   * @param message what is wrong, where, what was expected and what was found
   * @param reason why the LoRA cannot be used
   * @param name as it was asked for
   * @param nearest names that may have been meant, the most probable first; may be empty
   */
  public LoraException(String message, Reason reason, String name, List<String> nearest) {
    this(message, reason, ErrorDetails.NONE.withName(name).withNearestNames(nearest));
  }

  /**
   * An error with its reason and what it is about.
   *
   * @param message what is wrong, where, what was expected and what was found
   * @param reason why the LoRA cannot be used
   * @param details what the sentence names, for programs
   */
  public LoraException(String message, Reason reason, ErrorDetails details) {
    this(message, reason, details, null);
  }

  /**
   * An error with its reason, what it is about, and what caused it.
   *
   * @param message what is wrong, where, what was expected and what was found
   * @param reason why the LoRA cannot be used
   * @param details what the sentence names, for programs
   * @param cause the error beneath; null if there is none
   */
  public LoraException(
      String message, Reason reason, ErrorDetails details, @Nullable Throwable cause) {
    super(message, details, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  /** {@return why the LoRA cannot be used} */
  public Reason reason() {
    return reason;
  }

  /**
   * {@return the module that the error is about, by its name in the file; empty if it is about
   * none}
   */
  public final Optional<String> module() {
    return details().module();
  }

  /**
   * {@return the same error about a LoRA that a request names} One that has a name already is
   * returned as it is.
   *
   * @param name the LoRA, as the request names it
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
