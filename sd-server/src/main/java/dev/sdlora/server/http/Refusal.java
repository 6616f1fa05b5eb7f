package dev.sdlora.server.http;

import java.util.Map;

/** A request that cannot be served, with the status that says why. */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String sentence;

  @SuppressWarnings("serial") // Of strings.
  private final Map<String, String> headers;

  /** Refuses in one sentence. */
  public Refusal(int status, String sentence) {
    this(status, sentence, Map.of());
  }

  /** Refuses in one sentence, with headers that tell clients what to do. */
  public Refusal(int status, String sentence, Map<String, String> headers) {
    super(sentence);
    this.status = status;
    this.sentence = sentence;
    this.headers = Map.copyOf(headers);
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
