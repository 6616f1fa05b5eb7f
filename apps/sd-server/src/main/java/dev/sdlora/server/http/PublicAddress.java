package dev.sdlora.server.http;

import io.javalin.http.Context;

/** The address under which a client reaches the server, including that of a trusted proxy. */
public final class PublicAddress {
  private PublicAddress() {}

  /** Returns the scheme and authority of a request, such as {@code https://images.example.com}. */
  public static String of(Context context) {
    String url = context.req().getRequestURL().toString();
    return url.substring(0, url.length() - context.req().getRequestURI().length());
  }
}
