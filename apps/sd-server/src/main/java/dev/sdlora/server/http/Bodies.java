package dev.sdlora.server.http;

import dev.sdlora.request.Fields;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Bodies of requests, which have arrived in full before their route is called. */
public final class Bodies {
  private Bodies() {}

  /**
   * Returns the fields in the body of a request.
   *
   * @throws Refusal if it is no JSON object; an empty body counts as {@code {}}
   */
  public static Fields fields(Context context) {
    byte[] body = bytes(context);
    try {
      return body.length == 0 ? Fields.of(Fields.object()) : Fields.parse(body);
    } catch (IllegalArgumentException e) {
      throw new Refusal(400, "the body " + e.getMessage());
    }
  }

  /** Returns the body of a request as it is. */
  public static byte[] bytes(Context context) {
    try (InputStream in = context.req().getInputStream()) {
      int length = context.contentLength();
      if (length < 0) {
        return in.readAllBytes();
      }
      byte[] body = new byte[length];
      int read = in.readNBytes(body, 0, length);
      return read == length ? body : Arrays.copyOf(body, read);
    } catch (IOException e) {
      throw new Refusal(400, "the body could not be read: " + e.getMessage());
    }
  }
}
