package dev.sdlora.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.request.json.Fields;
import io.javalin.http.Context;
import java.util.List;

/** Writes responses. */
public final class Answers {
  private Answers() {}

  /** Writes JSON as the body; the caller sets status and headers. */
  public static void json(Context context, JsonNode json) {
    context.contentType("application/json").result(Fields.text(json));
  }

  /**
   * Sends warnings as headers (RFC 7234, section 5.5), for responses without a place in the body.
   */
  public static void warn(Context context, List<String> warnings) {
    for (String warning : warnings) {
      String text = warning.replaceAll("[^ -~]", "?").replace("\\", "/").replace('"', '\'');
      context.res().addHeader("Warning", "299 - \"" + text + "\"");
    }
  }
}
