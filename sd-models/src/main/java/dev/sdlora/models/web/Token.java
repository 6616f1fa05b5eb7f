package dev.sdlora.models.web;

import java.net.URI;

/**
 * A token that is sent only to the site that it is for.
 *
 * @param origin the origin of that site
 * @param secret the token
 */
public record Token(UrlOrigin origin, String secret) {
  boolean isFor(URI address) {
    return UrlOrigin.of(address).equals(origin);
  }

  /** Omits the secret. */
  @Override
  public String toString() {
    return "token for " + origin.host();
  }
}
