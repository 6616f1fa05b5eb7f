package dev.sdlora.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.request.Fields;
import io.javalin.http.Context;
import java.util.List;

/** What requests are answered with. */
public final class Answers {
  private Answers() {}

  /** Answers with JSON; status and headers are the caller's. */
  public static void json(Context context, JsonNode json) {
    context.contentType("application/json").result(Fields.text(json));
  }

  /** Sends warnings as headers (RFC 7234, section 5.5), where the body has no place for them. */
  public static void warn(Context context, List<String> warnings) {
    for (String warning : warnings) {
      String text = warning.replaceAll("[^ -~]", "?").replace("\\", "/").replace('"', '\'');
      context.res().addHeader("Warning", "299 - \"" + text + "\"");
    }
  }
}
