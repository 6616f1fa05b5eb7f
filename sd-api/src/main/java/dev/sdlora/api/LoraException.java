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
  private final @Nullable String name;
  private final List<String> candidates;

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
    /** Anything else, such as what goes wrong when files are made of LoRAs. */
    OTHER
  }

  /** An error for another reason than those that have a name. */
  public LoraException(String message) {
    this(message, (Throwable) null);
  }

  /** An error with what caused it, for another reason than those that have a name. */
  public LoraException(String message, @Nullable Throwable cause) {
    this(message, Reason.OTHER, cause);
  }

  /** An error with its reason. */
  public LoraException(String message, Reason reason) {
    this(message, reason, (Throwable) null);
  }

  /** An error with its reason and what caused it. */
  public LoraException(String message, Reason reason, @Nullable Throwable cause) {
    this(message, reason, null, List.of(), cause);
  }

  /** An error about a name that was asked for, and the names that may have been meant. */
  public LoraException(String message, Reason reason, String name, List<String> candidates) {
    this(message, reason, name, candidates, null);
  }

  private LoraException(
      String message,
      Reason reason,
      @Nullable String name,
      List<String> candidates,
      @Nullable Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
    this.name = name;
    this.candidates = List.copyOf(candidates);
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
    return Optional.ofNullable(name);
  }

  /** Names that may have been meant, the most probable first; mostly empty. */
  public List<String> candidates() {
    return candidates;
  }

  /** The same error about a LoRA that a request names; one that has a name keeps it. */
  public LoraException named(String name) {
    Objects.requireNonNull(name, "name");
    if (this.name != null) {
      return this;
    }
    LoraException named =
        new LoraException(String.valueOf(getMessage()), reason, name, candidates, getCause());
    named.setStackTrace(getStackTrace());
    return named;
  }

  @Override
  protected StableDiffusionException copy(String message) {
    return new LoraException(message, reason, name, candidates, getCause());
  }
}
