package dev.sdlora.request.json;

/** Thrown for an invalid field of a request; the message is a sentence for the client. */
public final class FieldException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String field;

  /** Creates an error for a field. */
  public FieldException(String field, String sentence) {
    super(sentence);
    this.field = field;
  }

  /** Creates an error for a field with a cause. */
  public FieldException(String field, String sentence, Throwable cause) {
    super(sentence, cause);
    this.field = field;
  }

  /** Returns the name of the field. */
  public String field() {
    return field;
  }
}
