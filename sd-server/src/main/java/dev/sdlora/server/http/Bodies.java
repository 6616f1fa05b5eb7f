package dev.sdlora.server.http;

import dev.sdlora.request.Fields;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;

/** What requests bring along. */
public final class Bodies {
  /** Of a body that is too long, no more than this is read on. */
  private static final int PASSED_OVER = 1 << 24;

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
        throw tooLong(context, limit);
      }
      return body;
    } catch (IOException e) {
      throw new Refusal(400, "the body could not be read: " + e.getMessage());
    }
  }

  /**
   * The refusal of a body that is too long. Passes over the rest of it: a connection that is closed
   * on a client in the middle of its words takes the answer with it (RFC 9112, section 9.6).
   *
   * @param limit of its bytes
   */
  public static Refusal tooLong(Context context, long limit) {
    try (InputStream rest = context.req().getInputStream()) {
      byte[] some = new byte[1 << 13];
      int read = 0;
      for (int passed = 0; read >= 0 && passed < PASSED_OVER; passed += read) {
        read = rest.read(some);
      }
    } catch (IOException | IllegalStateException e) {
      // The client has gone, or what reads forms has closed the body: nobody waits any more.
    }
    return new Refusal(413, "the body has more than %s bytes".formatted(limit));
  }
}
