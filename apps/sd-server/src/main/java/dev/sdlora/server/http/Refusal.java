package dev.sdlora.server.http;

import java.io.Serializable;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A request that cannot be served, with the status that says why. */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String sentence;

  @SuppressWarnings("serial") // Of strings.
  private final Map<String, String> headers;

  private final @Nullable Parameter parameter;

  /**
   * The part of a request that an error is about, as OpenAI's clients are told.
   *
   * @param name of a field
   * @param code what is wrong with it, such as {@code invalid_value}
   */
  public record Parameter(String name, String code) implements Serializable {
    /** A field whose value cannot be used. */
    public static Parameter invalid(String name) {
      return new Parameter(name, "invalid_value");
    }
  }

  /** Refuses in one sentence. */
  public Refusal(int status, String sentence) {
    this(status, sentence, Map.of());
  }

  /** Refuses in one sentence, with headers that tell clients what to do. */
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

  /** Refuses because of an error of a job. */
  public static Refusal of(ErrorMessages.Told told) {
    return new Refusal(
        told.status(), told.sentence(), told.headers(), told.parameter().orElse(null));
  }

  /** Refuses a field of OpenAI's interface whose value cannot be used. */
  public static Refusal of(String field, String sentence) {
    return new Refusal(400, sentence, Map.of(), Parameter.invalid(field));
  }

  /** Refuses a request of OpenAI's interface that lacks a field. */
  public static Refusal missing(String field) {
    return new Refusal(
        400,
        "field '%s' is missing".formatted(field),
        Map.of(),
        new Parameter(field, "missing_required_parameter"));
  }

  /** The field that it is about. */
  public Optional<Parameter> parameter() {
    return Optional.ofNullable(parameter);
  }

  /** That of HTTP. */
  public int status() {
    return status;
  }

  /** What is told. */
  public String sentence() {
    return sentence;
  }

  /** Beside those that every answer has. */
  public Map<String, String> headers() {
    return headers;
  }
}
