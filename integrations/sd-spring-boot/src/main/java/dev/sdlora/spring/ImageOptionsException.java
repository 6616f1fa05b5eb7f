package dev.sdlora.spring;

/**
 * Options or messages of a request that make no sense: a value out of range, options that exclude
 * each other, or a model that does not run here. Tells mistakes of requests from those of programs.
 */
final class ImageOptionsException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  ImageOptionsException(RuntimeException cause) {
    super(cause.getMessage(), cause);
  }
}
