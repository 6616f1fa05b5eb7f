package dev.sdlora.api;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A LoRA file cannot be read, found, or applied to the checkpoint. Beside its sentence it tells
 * programs why, which LoRA, and which names were perhaps meant.
 */
public class LoraException extends StableDiffusionException {
  private static final long serialVersionUID = 1L;

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

  /** An error with its reason. */
  public LoraException(String message, Reason reason) {
    this(message, reason, ErrorDetails.NONE);
  }

  /** An error with its reason and what caused it. */
  public LoraException(String message, Reason reason, @Nullable Throwable cause) {
    this(message, reason, ErrorDetails.NONE, cause);
  }

  /** An error about a name that was asked for, and the names that may have been meant. */
  public LoraException(String message, Reason reason, String name, List<String> candidates) {
    this(message, reason, ErrorDetails.NONE.withName(name).withNearestNames(candidates));
  }

  /** An error with its reason and what it is about. */
  public LoraException(String message, Reason reason, ErrorDetails details) {
    this(message, reason, details, null);
  }

  /** An error with its reason, what it is about, and what caused it. */
  public LoraException(
      String message, Reason reason, ErrorDetails details, @Nullable Throwable cause) {
    super(message, details, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  /** Why it cannot be used. */
  public Reason reason() {
    return reason;
  }

  /**
   * The LoRA as the request names it, in a prompt or by the adapter that it gives. Empty where an
   * error is not about one of a request.
   */
  public Optional<String> name() {
    return details().name();
  }

  /** Names that may have been meant, the most probable first; mostly empty. */
  public List<String> candidates() {
    return details().nearestNames();
  }

  /** The names that there are, where one was asked for that is not among them. */
  public final List<String> knownNames() {
    return details().knownNames();
  }

  /** The module that the error is about, by its name in the file; empty if it is about none. */
  public final Optional<String> module() {
    return details().module();
  }

  /** The tensor that the error is about, by its name in the file; empty if it is about none. */
  public final Optional<String> tensor() {
    return details().tensor();
  }

  /** The family of models that was expected, where another was found. */
  public final Optional<ModelFamily> expectedFamily() {
    return details().expectedFamily();
  }

  /** The family that was found, see {@link #expectedFamily}. */
  public final Optional<ModelFamily> foundFamily() {
    return details().foundFamily();
  }

  /** The same error about a LoRA that a request names; one that has a name keeps it. */
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
