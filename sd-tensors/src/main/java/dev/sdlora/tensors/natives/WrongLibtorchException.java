package dev.sdlora.tensors.natives;

/** A named folder does not have the libtorch that it should. The message is a clause without it. */
final class WrongLibtorchException extends RuntimeException {
  private static final long serialVersionUID = 1;

  WrongLibtorchException(String message) {
    super(message);
  }

  WrongLibtorchException(String message, Exception cause) {
    super(message + ": " + cause.getClass().getSimpleName(), cause);
  }
}
