package dev.sdlora.server.openai;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.request.Fields;
import dev.sdlora.request.RequestContext;
import dev.sdlora.request.StoredRequest;

/** Reads bodies of {@code /v1/images/generations}. */
public final class ImagesCheck {
  private ImagesCheck() {}

  /**
   * Reads a body as the interface does, and keeps it as a job does.
   *
   * @throws dev.sdlora.server.http.Refusal if a field cannot be used
   */
  public static void read(Fields body, RequestContext offer) {
    ImageFields names = new ImageFields(offer);
    Fields asked = names.translated(body);
    PromptSpec spec = names.read(asked);
    StoredRequest.translated(asked, spec, offer);
  }
}
