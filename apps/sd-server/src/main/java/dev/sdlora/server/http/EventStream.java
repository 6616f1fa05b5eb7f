package dev.sdlora.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.request.Fields;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Server-sent events of WHATWG's HTML standard, section 9.2, as the answer to a request. */
public final class EventStream {
  private final OutputStream out;

  private EventStream(OutputStream out) {
    this.out = out;
  }

  /** Begins the answer. */
  public static EventStream begin(Context context) {
    try {
      context.res().setContentType("text/event-stream");
      context.res().setCharacterEncoding("UTF-8");
      context.res().setHeader("Cache-Control", "no-store");
      context.res().setHeader("X-Accel-Buffering", "no");
      context.res().flushBuffer();
      return new EventStream(context.res().getOutputStream());
    } catch (IOException e) {
      throw new Refusal(499, "the client has gone");
    }
  }

  /**
   * Sends one event at once.
   *
   * @throws Refusal if the client has gone
   */
  public void send(String event, JsonNode data) {
    write("event: " + event + "\ndata: " + Fields.text(data) + "\n\n");
  }

  /** A comment, so that nobody on the way takes silence for the end. */
  public void signOfLife() {
    write(":\n\n");
  }

  private void write(String text) {
    try {
      out.write(text.getBytes(StandardCharsets.UTF_8));
      out.flush();
    } catch (IOException e) {
      throw new Refusal(499, "the client has gone");
    }
  }
}
