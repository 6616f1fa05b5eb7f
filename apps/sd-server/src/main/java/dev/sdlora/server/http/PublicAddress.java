package dev.sdlora.server.http;

import io.javalin.http.Context;
import java.util.Optional;

/** The address under which a client reaches the server, including that of a trusted proxy. */
public final class PublicAddress {
  /** Request attribute with the path that a trusted proxy removed, such as {@code /sd}. */
  public static final String PREFIX = PublicAddress.class.getName() + ".prefix";

  private static final String LOCATION = "Location";

  private PublicAddress() {}

  /**
   * Returns the scheme and authority of a request and the prefix of the proxy, such as {@code
   * https://example.com/images}.
   */
  public static String of(Context context) {
    String url = context.req().getRequestURL().toString();
    return url.substring(0, url.length() - context.req().getRequestURI().length())
        + prefix(context);
  }

  private static String prefix(Context context) {
    return Optional.ofNullable(context.<String>attribute(PREFIX)).orElse("");
  }

  /** Adds the prefix of the proxy to the path of a {@code Location} header. */
  public static void completeLocation(Context context) {
    String location = context.res().getHeader(LOCATION);
    if (location != null && location.startsWith("/")) {
      context.header(LOCATION, prefix(context) + location);
    }
  }
}
