package dev.sdlora.api;

import org.jspecify.annotations.Nullable;

/** A file of tensors is damaged, is something else, or changed while it was in use. */
public class TensorFileException extends StableDiffusionException {
  private static final long serialVersionUID = 1L;

  /** An error with its sentence. */
  public TensorFileException(String message) {
    super(message);
  }

  /** An error with its sentence and what caused it. */
  public TensorFileException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  @Override
  protected StableDiffusionException copy(String message) {
    return new TensorFileException(message, getCause());
  }
}
