package dev.sdlora.models;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** Scheme, host and port: who gets to see a token. */
record Origin(String scheme, String host, int port) {
  private static final List<String> LOOPBACK = List.of("localhost", "127.0.0.1", "[::1]");

  /** The origin of an address, which {@link #isSafe} holds for. */
  static Origin of(URI address) {
    String scheme = Objects.requireNonNull(address.getScheme()).toLowerCase(Locale.ROOT);
    int usual = scheme.equals("https") ? 443 : 80;
    return new Origin(
        scheme,
        Objects.requireNonNull(address.getHost()).toLowerCase(Locale.ROOT),
        address.getPort() < 0 ? usual : address.getPort());
  }

  /** Whether nobody on the way can read or change what comes: https, or this machine itself. */
  static boolean isSafe(URI address) {
    String scheme = address.getScheme();
    String host = address.getHost();
    return scheme != null
        && host != null
        && (scheme.equalsIgnoreCase("https")
            || (scheme.equalsIgnoreCase("http")
                && LOOPBACK.contains(host.toLowerCase(Locale.ROOT))));
  }
}
