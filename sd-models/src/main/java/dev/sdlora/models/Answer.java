package dev.sdlora.models;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a site answered.
 *
 * @param address who answered, behind all redirects that were followed
 * @param status of HTTP
 * @param headers of HTTP
 * @param body what comes with it; it has to be closed
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

  /** Whether it points elsewhere. */
  boolean isRedirect() {
    return status >= 300 && status < 400 && header("Location").isPresent();
  }

  /** Whether it is the page on which people sign in. */
  boolean isLogin() {
    return address.getPath().startsWith("/login");
  }

  /** Where a redirect points. */
  Optional<URI> location() {
    try {
      return header("Location").map(address::resolve);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The length of the body as the site tells it. */
  OptionalLong length() {
    return number("Content-Length");
  }

  /** A header that is a whole number. */
  OptionalLong number(String name) {
    return header(name)
        .filter(text -> text.matches("\\d{1,18}"))
        .map(text -> OptionalLong.of(Long.parseLong(text)))
        .orElse(OptionalLong.empty());
  }

  /** The type of the body without its parameters, such as {@code text/html}. */
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
