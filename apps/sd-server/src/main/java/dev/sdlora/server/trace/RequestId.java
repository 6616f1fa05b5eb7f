package dev.sdlora.server.trace;

import java.util.UUID;
import java.util.regex.Pattern;
import org.eclipse.jetty.server.Request;

/** The id of an HTTP request, from its {@code X-Request-Id} header or made here. */
public final class RequestId {
  /** The header of requests and responses. */
  public static final String HEADER = "X-Request-Id";

  private static final String ATTRIBUTE = RequestId.class.getName();

  /** Excludes characters that could forge log lines, and ids that would fill them. */
  private static final Pattern SANE = Pattern.compile("[A-Za-z0-9._:@/+=-]{1,100}");

  private RequestId() {}

  /** Returns the id of a request, always the same. */
  public static String of(Request request) {
    if (request.getAttribute(ATTRIBUTE) instanceof String known) {
      return known;
    }
    String given = request.getHeaders().get(HEADER);
    String id =
        given != null && SANE.matcher(given).matches()
            ? given
            : UUID.randomUUID().toString().replace("-", "");
    request.setAttribute(ATTRIBUTE, id);
    return id;
  }

  /** Whether a text can be an id. */
  static boolean isSane(String text) {
    return SANE.matcher(text).matches();
  }
}
