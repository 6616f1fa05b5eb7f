package dev.sdlora.models.web;

import java.io.IOException;
import java.net.ConnectException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Flow;

/**
 * Sends requests and retries them if that may help. Redirects are followed here instead of in
 * {@code java.net.http}, because a token must not be sent to another host. Safe for use by several
 * threads.
 */
public final class Web {
  private static final int ATTEMPTS = 5;
  private static final int MAX_REDIRECTS = 10;
  private static final Duration CONNECT = Duration.ofSeconds(20);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** If a site requests a longer wait, the request fails instead. */
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

  /** Statuses that may be temporary. */
  private static final List<Integer> TRANSIENT = List.of(408, 429, 500, 502, 503, 504);

  private final HttpClient client;
  private final Pause pause;

  /** Creates requests through proxies, which wait between attempts. */
  public Web(ProxySelector proxy, Pause pause) {
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT)
            .proxy(proxy)
            .build();
    this.pause = pause;
  }

  /** A redirect that is not followed; retrying does not help. */
  public static final class RedirectException extends IOException {
    private static final long serialVersionUID = 1;

    RedirectException(String message) {
      super(message);
    }
  }

  /**
   * A request.
   *
   * @param method the HTTP method
   * @param address the first address
   * @param token the token to send
   * @param headers the headers to send
   * @param everywhere whether redirects to other hosts are followed; otherwise they are the
   *     response
   */
  public record Question(
      String method,
      URI address,
      Optional<Token> token,
      Map<String, String> headers,
      boolean everywhere) {
    /** Returns a request without further headers. */
    public static Question get(URI address, Optional<Token> token) {
      return new Question("GET", address, token, Map.of(), true);
    }
  }

  /**
   * Sends a request until there is a response, with several attempts if needed.
   *
   * @return the response, which may be an error; it has to be closed
   * @throws IOException if there is no response
   */
  public Answer ask(Question question) throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        Answer answer = askOnce(question);
        Duration wait = wait(answer, attempt);
        if (!TRANSIENT.contains(answer.status())
            || attempt == ATTEMPTS
            || wait.compareTo(LONGEST_WAIT) > 0) {
          return answer;
        }
        answer.close();
        pause.sleep(wait);
      } catch (ConnectException | RedirectException e) {
        // Fail fast: if the site cannot be reached, the caller may have an earlier copy of the
        // file; if it redirects badly, it will do so again.
        throw e;
      } catch (IOException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
        pauseAfter(attempt);
      }
    }
  }

  /** Waits longer after each attempt: 1, 2, 4, 8 s. */
  public void pauseAfter(int attempt) throws InterruptedException {
    pause.sleep(backOff(attempt));
  }

  /** The number of attempts after temporary failures. */
  public int attempts() {
    return ATTEMPTS;
  }

  private static Duration backOff(int attempt) {
    return Duration.ofSeconds(1L << (attempt - 1));
  }

  /** The wait that the site requests, or else the usual one. */
  private static Duration wait(Answer answer, int attempt) {
    if (answer.number("Retry-After").isPresent()) {
      long seconds = answer.number("Retry-After").getAsLong();
      return Duration.ofSeconds(Math.min(seconds, Integer.MAX_VALUE));
    }
    try {
      return answer
          .header("Retry-After")
          .map(date -> ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant())
          .map(time -> Duration.between(Instant.now(), time))
          .filter(left -> !left.isNegative())
          .orElse(backOff(attempt));
    } catch (DateTimeParseException e) {
      return backOff(attempt);
    }
  }

  private Answer askOnce(Question question) throws IOException, InterruptedException {
    URI address = question.address();
    for (int i = 0; i < MAX_REDIRECTS; i++) {
      Answer answer = send(question, address);
      if (!answer.isRedirect()) {
        return answer;
      }
      Optional<URI> next = answer.location();
      URI from = address;
      if (next.filter(to -> UrlOrigin.mayLeadTo(from, to)).isEmpty()) {
        answer.close();
        throw new RedirectException(
            "%s redirects to '%s', which is %s"
                .formatted(
                    from.getHost(),
                    answer.header("Location").orElse(""),
                    next.filter(UrlOrigin::isSafe).isPresent()
                        ? "on this machine"
                        : "not an HTTPS address"));
      }
      boolean elsewhere = !UrlOrigin.of(next.orElseThrow()).equals(UrlOrigin.of(address));
      if (elsewhere && !question.everywhere()) {
        return answer;
      }
      answer.close();
      address = next.orElseThrow();
    }
    throw new RedirectException(
        "%s redirects more than %s times, probably in a loop"
            .formatted(question.address().getHost(), MAX_REDIRECTS));
  }

  private Answer send(Question question, URI address) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address)
            .method(question.method(), HttpRequest.BodyPublishers.noBody())
            .timeout(PATIENCE)
            .header("User-Agent", "sd-lora-java")
            // Lengths and ranges must be those of the file, not of compressed data.
            .header("Accept-Encoding", "identity");
    question.headers().forEach(request::header);
    question
        .token()
        .filter(token -> token.isFor(address))
        .ifPresent(token -> request.header("Authorization", "Bearer " + token.secret()));
    try {
      HttpResponse<Flow.Publisher<List<ByteBuffer>>> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofPublisher());
      return new Answer(
          address, response.statusCode(), response.headers(), new Body(response.body(), PATIENCE));
    } catch (ConnectException e) {
      ConnectException unreachable = new ConnectException(address.getHost() + " cannot be reached");
      unreachable.initCause(e);
      throw unreachable;
    }
  }
}
