package dev.sdlora.server.http;

import dev.sdlora.request.Fields;
import io.javalin.http.Context;
import java.io.IOException;

/** What requests bring along. */
public final class Bodies {
  private Bodies() {}

  /**
   * The fields in the body of a request.
   *
   * @param limit of its bytes
   * @throws Refusal if it is longer, or no JSON object; an empty one counts as {@code {}}
   */
  public static Fields fields(Context context, long limit) {
    byte[] body = bytes(context, limit);
    try {
      return body.length == 0 ? Fields.of(Fields.object()) : Fields.parse(body);
    } catch (IllegalArgumentException e) {
      throw new Refusal(400, "the body " + e.getMessage());
    }
  }

  /**
   * The body of a request as it is.
   *
   * @param limit of its bytes
   * @throws Refusal if it is longer, or the connection breaks
   */
  public static byte[] bytes(Context context, long limit) {
    try {
      int most = (int) Math.min(limit, Integer.MAX_VALUE - 16);
      byte[] body =
          context.contentLength() > limit
              ? new byte[0]
              : context.req().getInputStream().readNBytes(most + 1);
      if (context.contentLength() > limit || body.length > most) {
        throw new Refusal(413, "the body has more than %s bytes".formatted(limit));
      }
      return body;
    } catch (IOException e) {
      throw new Refusal(400, "the body could not be read: " + e.getMessage());
    }
  }
}
