package dev.sdlora.server.http;

import java.io.Serializable;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Thrown for a request that cannot be served; has the HTTP status of the response. */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String sentence;

  @SuppressWarnings("serial") // Strings only.
  private final Map<String, String> headers;

  private final @Nullable Parameter parameter;

  /**
   * The request parameter that caused an error, as reported to OpenAI's clients.
   *
   * @param name the name of the field; null if the request is valid, since an Optional cannot be
   *     serialized
   * @param code the kind of error, such as {@code invalid_value}
   */
  public record Parameter(@Nullable String name, String code) implements Serializable {
    static final String INSUFFICIENT_QUOTA = "insufficient_quota";

    /** Creates the cause of a valid request that exceeds a quota of days. */
    static Parameter insufficientQuota() {
      return new Parameter(null, INSUFFICIENT_QUOTA);
    }

    /** Creates a parameter with an invalid value. */
    public static Parameter invalid(String name) {
      return new Parameter(name, "invalid_value");
    }
  }

  /** Creates a refusal with a message. */
  public Refusal(int status, String sentence) {
    this(status, sentence, Map.of());
  }

  /** Creates a refusal with a message and headers for the client. */
  public Refusal(int status, String sentence, Map<String, String> headers) {
    this(status, sentence, headers, null);
  }

  private Refusal(
      int status, String sentence, Map<String, String> headers, @Nullable Parameter parameter) {
    super(sentence);
    this.status = status;
    this.sentence = sentence;
    this.headers = Map.copyOf(headers);
    this.parameter = parameter;
  }

  /** Creates a refusal from an error of a job. */
  public static Refusal of(ErrorMessages.Message error) {
    return new Refusal(
        error.status(), error.sentence(), error.headers(), error.parameter().orElse(null));
  }

  /** Creates a refusal because a field of OpenAI's API has an invalid value. */
  public static Refusal of(String field, String sentence) {
    return new Refusal(400, sentence, Map.of(), Parameter.invalid(field));
  }

  /** Creates a refusal because a field of OpenAI's API is missing. */
  public static Refusal missing(String field) {
    return new Refusal(
        400,
        "field '%s' is missing".formatted(field),
        Map.of(),
        new Parameter(field, "missing_required_parameter"));
  }

  /** Returns the field that caused the error. */
  public Optional<Parameter> parameter() {
    return Optional.ofNullable(parameter);
  }

  /** Returns the HTTP status. */
  public int status() {
    return status;
  }

  /** Returns the message. */
  public String sentence() {
    return sentence;
  }

  /** Returns the additional headers. */
  public Map<String, String> headers() {
    return headers;
  }
}
