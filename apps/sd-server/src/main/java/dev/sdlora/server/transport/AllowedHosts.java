package dev.sdlora.server.transport;

import dev.sdlora.server.http.Refusal;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The host names by which clients may address the server: the configured ones, IP addresses, {@code
 * localhost} and names that end in {@code .localhost}. A configured name with a leading dot
 * includes the domain and all its subdomains, {@code *} all names.
 */
final class AllowedHosts {
  private static final Pattern ADDRESS =
      Pattern.compile("\\[[0-9a-f:.]+]|\\d{1,3}(\\.\\d{1,3}){3}");

  private final Set<String> names;

  AllowedHosts(Collection<String> names) {
    this.names =
        names.stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
  }

  /**
   * Checks a host name.
   *
   * @param host the {@code Host} header, if the request has one
   * @throws Refusal with 403 if it is not allowed
   */
  void check(Optional<String> host) {
    String name =
        host.orElseThrow(
                () ->
                    new Refusal(
                        403,
                        "the request must have a Host header; a proxy must forward it (HTTP/1.1,"
                            + " 'proxy_set_header Host $http_host' in nginx)"))
            .toLowerCase(Locale.ROOT)
            .replaceFirst(":\\d*$", "")
            .replaceFirst("\\.$", "");
    if (!isAllowed(name)) {
      throw new Refusal(
          403,
          "the host name '%s' is not allowed: allow it with --allowed-host %s"
              .formatted(name, name));
    }
  }

  private boolean isAllowed(String name) {
    return name.equals("localhost")
        || name.endsWith(".localhost")
        || ADDRESS.matcher(name).matches()
        || names.contains("*")
        || names.contains(name)
        || names.stream()
            .filter(given -> given.startsWith("."))
            .anyMatch(given -> ("." + name).endsWith(given));
  }
}
