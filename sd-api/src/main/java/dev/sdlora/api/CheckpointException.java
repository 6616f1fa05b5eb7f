package dev.sdlora.api;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A checkpoint, or another network, cannot be opened or does not hold the model that it should. */
public class CheckpointException extends StableDiffusionException {
  private static final long serialVersionUID = 1L;

  /** An error with its sentence. */
  public CheckpointException(String message) {
    this(message, ErrorDetails.NONE);
  }

  /** An error with its sentence and what caused it. */
  public CheckpointException(String message, @Nullable Throwable cause) {
    this(message, ErrorDetails.NONE, cause);
  }

  /** An error with its sentence and what it is about. */
  public CheckpointException(String message, ErrorDetails details) {
    this(message, details, null);
  }

  /** An error with its sentence, what it is about, and what caused it. */
  public CheckpointException(String message, ErrorDetails details, @Nullable Throwable cause) {
    super(message, details, cause);
  }

  /** The tensor that the error is about, by its name in the file; empty if it is about none. */
  public final Optional<String> tensor() {
    return details().tensor();
  }

  /** What was asked for by a name; empty if the error is not about that. */
  public final Optional<String> name() {
    return details().name();
  }

  /** The names that there are, where one was asked for that is not among them. */
  public final List<String> knownNames() {
    return details().knownNames();
  }

  /** Names that may have been meant, the most probable first; mostly empty. */
  public final List<String> nearestNames() {
    return details().nearestNames();
  }

  /** The family of models that was expected, where another was found. */
  public final Optional<ModelFamily> expectedFamily() {
    return details().expectedFamily();
  }

  /** The family that was found, see {@link #expectedFamily}. */
  public final Optional<ModelFamily> foundFamily() {
    return details().foundFamily();
  }

  @Override
  protected StableDiffusionException copy(String message) {
    return new CheckpointException(message, details(), getCause());
  }
}
