package dev.sdlora.training.family;

/** Thrown for a checkpoint that cannot be trained; the trainer adds the details for programs. */
public final class UntrainableException extends RuntimeException {
  private static final long serialVersionUID = 1;

  UntrainableException(String message) {
    super(message);
  }
}
