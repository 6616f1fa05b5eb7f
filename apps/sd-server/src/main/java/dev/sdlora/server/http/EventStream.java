package dev.sdlora.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.request.json.Fields;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** A response of server-sent events (WHATWG HTML standard, section 9.2). */
public final class EventStream {
  private final OutputStream out;

  private EventStream(OutputStream out) {
    this.out = out;
  }

  /** Begins the response. */
  public static EventStream begin(Context context) {
    try {
      context.res().setContentType("text/event-stream");
      context.res().setCharacterEncoding("UTF-8");
      context.res().setHeader("Cache-Control", "no-store");
      context.res().setHeader("X-Accel-Buffering", "no");
      context.res().flushBuffer();
      return new EventStream(context.res().getOutputStream());
    } catch (IOException e) {
      throw new Refusal(499, "the client disconnected");
    }
  }

  /**
   * Sends one event immediately.
   *
   * @throws Refusal if the client has disconnected
   */
  public void send(String event, JsonNode data) {
    write("event: " + event + "\ndata: " + Fields.text(data) + "\n\n");
  }

  /**
   * Sends a comment, so that proxies do not close the silent connection.
   *
   * @throws Refusal if the client has disconnected
   */
  public void signOfLife() {
    write(":\n\n");
  }

  private void write(String text) {
    try {
      out.write(text.getBytes(StandardCharsets.UTF_8));
      out.flush();
    } catch (IOException e) {
      throw new Refusal(499, "the client disconnected");
    }
  }
}
