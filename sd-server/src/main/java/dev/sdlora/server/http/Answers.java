package dev.sdlora.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.request.Fields;
import io.javalin.http.Context;

/** What requests are answered with. */
public final class Answers {
  private Answers() {}

  /** Answers with JSON; status and headers are the caller's. */
  public static void json(Context context, JsonNode json) {
    context.contentType("application/json").result(Fields.text(json));
  }
}
