package dev.sdlora.models;

import java.net.URI;

/**
 * Who asks. Only the site that it is for gets to see it.
 *
 * @param origin of that site
 * @param secret the token
 */
record Token(Origin origin, String secret) {
  boolean isFor(URI address) {
    return Origin.of(address).equals(origin);
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "token for " + origin.host();
  }
}
