package dev.sdlora.api;

import org.jspecify.annotations.Nullable;

/** A LoRA file cannot be read, found, or applied to the checkpoint. */
public class LoraException extends StableDiffusionException {
  private static final long serialVersionUID = 1L;

  /** An error with its sentence. */
  public LoraException(String message) {
    super(message);
  }

  /** An error with its sentence and what caused it. */
  public LoraException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
