package dev.sdlora.server.openai;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.request.StoredRequest;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.json.Fields;

/** Reads bodies of {@code /v1/images/generations}. */
public final class ImagesCheck {
  private ImagesCheck() {}

  /**
   * Reads a body as the API does, and stores it as a job does.
   *
   * @param body the body
   * @param context the names that it can use
   * @throws dev.sdlora.server.http.Refusal if a field is invalid
   */
  public static void read(Fields body, RequestContext context) {
    ImageFields names = new ImageFields(context, Integer.MAX_VALUE);
    Fields translated = names.translated(body);
    PromptSpec spec = names.read(translated);
    StoredRequest.translated(translated, spec, context);
  }
}
