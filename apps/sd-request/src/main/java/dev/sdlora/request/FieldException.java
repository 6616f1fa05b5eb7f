package dev.sdlora.request;

/** A field of a request that cannot be used; the message is a sentence for the client. */
public final class FieldException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String field;

  /** Refuses a field. */
  public FieldException(String field, String sentence) {
    super(sentence);
    this.field = field;
  }

  /** Refuses a field because of another error. */
  public FieldException(String field, String sentence, Throwable cause) {
    super(sentence, cause);
    this.field = field;
  }

  /** The name of the field. */
  public String field() {
    return field;
  }
}
