package dev.sdlora.server.http;

import dev.sdlora.request.json.Fields;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Reads the bodies of requests, which have arrived completely before a route is called. */
public final class Bodies {
  private Bodies() {}

  /**
   * Returns the fields in the body of a request.
   *
   * @throws Refusal if the body is not a JSON object; an empty body counts as {@code {}}
   */
  public static Fields fields(Context context) {
    byte[] body = bytes(context);
    try {
      return body.length == 0 ? Fields.of(Fields.object()) : Fields.parse(body);
    } catch (IllegalArgumentException e) {
      throw new Refusal(400, "the body " + e.getMessage());
    }
  }

  /** Returns the raw body of a request. */
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
      throw new Refusal(400, "cannot read the body: " + e.getMessage());
    }
  }
}
