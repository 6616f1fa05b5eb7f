package dev.sdlora.training;

import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.StableDiffusionException;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A training cannot begin or cannot go on: images or captions are missing or cannot be read, a
 * saved state belongs to another training, or the loss is no longer a number.
 */
public class TrainingException extends StableDiffusionException {
  private static final long serialVersionUID = 1L;

  /** 0 for none. */
  private final int step;

  /**
   * Makes an error that tells programs nothing but its type.
   *
   * @param message one sentence for people
   */
  public TrainingException(String message) {
    this(message, ErrorDetails.NONE);
  }

  /**
   * Makes an error with what caused it.
   *
   * @param message one sentence for people
   * @param cause null if nothing did
   */
  public TrainingException(String message, @Nullable Throwable cause) {
    this(message, ErrorDetails.NONE, cause);
  }

  /**
   * Makes an error that tells programs what it is about.
   *
   * @param message one sentence for people
   * @param details what programs are told
   */
  public TrainingException(String message, ErrorDetails details) {
    this(message, details, null);
  }

  /**
   * Makes an error that tells programs what it is about, with what caused it.
   *
   * @param message one sentence for people
   * @param details what programs are told
   * @param cause null if nothing did
   */
  public TrainingException(String message, ErrorDetails details, @Nullable Throwable cause) {
    this(message, 0, details, cause);
  }

  /**
   * Makes an error in a step of the training.
   *
   * @param message one sentence for people
   * @param step its number, from 1
   */
  public TrainingException(String message, int step) {
    this(message, step, ErrorDetails.NONE, null);
  }

  private TrainingException(
      String message, int step, ErrorDetails details, @Nullable Throwable cause) {
    super(message, details, cause);
    this.step = step;
  }

  /** {@return the step in which it happened, from 1; empty before the first} */
  public OptionalInt step() {
    return step == 0 ? OptionalInt.empty() : OptionalInt.of(step);
  }

  @Override
  protected StableDiffusionException copy(String message) {
    return new TrainingException(message, step, details(), getCause());
  }
}
