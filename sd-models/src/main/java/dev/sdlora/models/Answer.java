package dev.sdlora.models;

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
record Answer(URI address, int status, HttpHeaders headers, Body body) implements AutoCloseable {
  static final int OK = 200;
  static final int PARTIAL = 206;
  static final int UNAUTHORIZED = 401;
  static final int FORBIDDEN = 403;
  static final int NOT_FOUND = 404;
  static final int UNSATISFIABLE_RANGE = 416;
  static final int TOO_MANY_REQUESTS = 429;

  Optional<String> header(String name) {
    return headers.firstValue(name);
  }

  /** Whether it is a redirect. */
  boolean isRedirect() {
    return status >= 300 && status < 400 && header("Location").isPresent();
  }

  /** Whether it is a sign-in page. */
  boolean isLogin() {
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
  OptionalLong length() {
    return number("Content-Length");
  }

  /** A header whose value is a whole number. */
  OptionalLong number(String name) {
    return header(name)
        .filter(text -> text.matches("\\d{1,18}"))
        .map(text -> OptionalLong.of(Long.parseLong(text)))
        .orElse(OptionalLong.empty());
  }

  /** The media type of the body without its parameters, such as {@code text/html}. */
  String type() {
    return header("Content-Type")
        .map(type -> type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))
        .orElse("");
  }

  @Override
  public void close() {
    body.close();
  }
}
