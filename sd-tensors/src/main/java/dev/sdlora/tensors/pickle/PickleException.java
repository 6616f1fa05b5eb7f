package dev.sdlora.tensors.pickle;

/**
 * Thrown if a pickle is damaged, too large, or requests something that is not needed to build
 * tensors. The message is the predicate of a sentence about the file.
 */
public final class PickleException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Creates an exception with the predicate of its sentence. */
  public PickleException(String predicate) {
    super(predicate);
  }

  /** Returns an exception for a pickle that no program writes. */
  static PickleException damaged(String what) {
    return new PickleException("is damaged: its pickle has " + what);
  }

  /** Returns the predicate of a sentence about the file. */
  public String predicate() {
    return String.valueOf(getMessage());
  }
}
