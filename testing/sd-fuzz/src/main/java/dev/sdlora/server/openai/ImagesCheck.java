package dev.sdlora.server.openai;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.request.Fields;
import dev.sdlora.request.RequestContext;
import dev.sdlora.request.StoredRequest;

/** Reads bodies of {@code /v1/images/generations}. */
public final class ImagesCheck {
  private ImagesCheck() {}

  /**
   * Reads a body as the API does, and stores it as a job does.
   *
   * @param body the body
   * @param offer the names that it can use
   * @throws dev.sdlora.server.http.Refusal if a field is invalid
   */
  public static void read(Fields body, RequestContext offer) {
    ImageFields names = new ImageFields(offer, Integer.MAX_VALUE);
    Fields asked = names.translated(body);
    PromptSpec spec = names.read(asked);
    StoredRequest.translated(asked, spec, offer);
  }
}
