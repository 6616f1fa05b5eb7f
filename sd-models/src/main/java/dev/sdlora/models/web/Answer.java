package dev.sdlora.models.web;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The response of a site.
 *
 * @param address the address that answered, after all redirects that were followed
 * @param status the HTTP status
 * @param headers the HTTP headers
 * @param body the body, which has to be closed
 */
public record Answer(URI address, int status, HttpHeaders headers, Body body)
    implements AutoCloseable {
  public static final int OK = 200;
  public static final int PARTIAL = 206;
  public static final int UNAUTHORIZED = 401;
  public static final int FORBIDDEN = 403;
  public static final int NOT_FOUND = 404;
  public static final int UNSATISFIABLE_RANGE = 416;
  public static final int TOO_MANY_REQUESTS = 429;

  /** Returns the value of a header, if there is one. */
  public Optional<String> header(String name) {
    return headers.firstValue(name);
  }

  /** Whether it is a redirect. */
  public boolean isRedirect() {
    return status >= 300 && status < 400 && header("Location").isPresent();
  }

  /** Whether it is a sign-in page. */
  public boolean isLogin() {
    return address.getPath().startsWith("/login");
  }

  /** The target of a redirect. */
  Optional<URI> location() {
    try {
      return header("Location").map(address::resolve);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The length of the body according to the site. */
  public OptionalLong length() {
    return number("Content-Length");
  }

  /** A header whose value is a whole number. */
  public OptionalLong number(String name) {
    return header(name)
        .filter(text -> text.matches("\\d{1,18}"))
        .map(text -> OptionalLong.of(Long.parseLong(text)))
        .orElse(OptionalLong.empty());
  }

  /** The media type of the body without its parameters, such as {@code text/html}. */
  public String type() {
    return header("Content-Type")
        .map(type -> type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))
        .orElse("");
  }

  @Override
  public void close() {
    body.close();
  }
}
