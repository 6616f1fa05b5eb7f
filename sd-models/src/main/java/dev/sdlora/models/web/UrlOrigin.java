package dev.sdlora.models.web;

import java.net.URI;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;

/** The scheme, host and port of an address, which determine whether a token is sent. */
public record UrlOrigin(String scheme, String host, int port) {
  private static final Pattern LOOPBACK =
      Pattern.compile("(.+\\.)?localhost\\.?|127(\\.\\d{1,3}){0,3}|\\[::1]|0(\\.0){0,3}|\\[::]");

  /** The origin of an address for which {@link #isSafe} is true. */
  public static UrlOrigin of(URI address) {
    String scheme = Objects.requireNonNull(address.getScheme()).toLowerCase(Locale.ROOT);
    int usual = scheme.equals("https") ? 443 : 80;
    return new UrlOrigin(
        scheme,
        Objects.requireNonNull(address.getHost()).toLowerCase(Locale.ROOT),
        address.getPort() < 0 ? usual : address.getPort());
  }

  /** Whether the connection is trusted: HTTPS, or HTTP on this machine. */
  public static boolean isSafe(URI address) {
    String scheme = address.getScheme();
    return scheme != null
        && address.getHost() != null
        && (scheme.equalsIgnoreCase("https")
            || (scheme.equalsIgnoreCase("http") && isLocal(address)));
  }

  /**
   * Whether a site may redirect to an address: the address must be safe, and only a site on this
   * machine may redirect to this machine, so that no other site can trigger requests to local
   * services.
   */
  public static boolean mayLeadTo(URI from, URI address) {
    return isSafe(address) && (!isLocal(address) || isLocal(from));
  }

  private static boolean isLocal(URI address) {
    String host = address.getHost();
    return host != null && LOOPBACK.matcher(host.toLowerCase(Locale.ROOT)).matches();
  }
}
