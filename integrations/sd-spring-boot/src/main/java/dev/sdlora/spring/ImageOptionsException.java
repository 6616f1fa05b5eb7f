package dev.sdlora.spring;

/**
 * Invalid options or messages of a request: a value out of range, conflicting options, or a model
 * that does not run here. Distinguishes errors in requests from programming errors.
 */
final class ImageOptionsException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  ImageOptionsException(RuntimeException cause) {
    super(cause.getMessage(), cause);
  }
}
